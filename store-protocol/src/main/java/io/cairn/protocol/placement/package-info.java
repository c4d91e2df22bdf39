/**
 * Which node a key belongs to: a hash ring, and placement on it under a bound. What is computed
 * here is the same on every machine and in every version, so that a replicated state machine may
 * use it: no clock, no randomness, no order of a hash map, no {@code hashCode}. Knows neither
 * network nor storage, and needs the JDK alone. {@link io.cairn.protocol.placement.HashRing} and
 * {@link io.cairn.protocol.placement.Placement} belong to one thread at a time; all else is
 * immutable.
 */
@NullMarked
package io.cairn.protocol.placement;

import org.jspecify.annotations.NullMarked;
