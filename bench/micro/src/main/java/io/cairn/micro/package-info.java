/**
 * JMH benchmarks of single parts: what a call costs by itself, without network, disk or other
 * threads. Each class is a state of one benchmark thread.
 */
@NullMarked
package io.cairn.micro;

import org.jspecify.annotations.NullMarked;
