/**
 * One group as endpoints see it: commands in, outcomes out, linearizable views. Knows no consensus
 * library and no network; {@code io.cairn.server.raft} implements it.
 */
@NullMarked
package io.cairn.server.group;

import org.jspecify.annotations.NullMarked;
