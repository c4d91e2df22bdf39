/**
 * Counts the words of a text as a job of three stages, which survives the loss of its workers. Uses
 * the public client API only.
 */
@NullMarked
package io.cairn.examples.wordcount;

import org.jspecify.annotations.NullMarked;
