/**
 * What goes wrong, and how: each fault with its schedule, its means, its evidence and its end.
 * Knows the cluster, and no workload.
 */
@NullMarked
package io.cairn.chaos.fault;

import org.jspecify.annotations.NullMarked;
