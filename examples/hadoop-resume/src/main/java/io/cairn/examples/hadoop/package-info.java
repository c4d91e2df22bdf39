/**
 * A MapReduce job whose mappers are Cairn tasks: an attempt that dies in the midst of its split
 * leaves its state, and the next one passes over what is done. Only the client jar stands beside
 * Hadoop.
 */
@NullMarked
package io.cairn.examples.hadoop;

import org.jspecify.annotations.NullMarked;
