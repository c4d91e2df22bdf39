/**
 * Servers as processes: where they run, on which disks and networks, started, stopped, and cleaned
 * up. Knows no workload and no history.
 */
@NullMarked
package io.cairn.chaos.cluster;

import org.jspecify.annotations.NullMarked;
