/**
 * Spark partitions as Cairn tasks: one that loses its executor goes on from its checkpoint on
 * another. {@link io.cairn.examples.spark.PartitionSum} runs in executors, {@link
 * io.cairn.examples.spark.ResumedSum} in the driver. Only the client jar stands beside Spark.
 */
@NullMarked
package io.cairn.examples.spark;

import org.jspecify.annotations.NullMarked;
