/**
 * Proves what Cairn promises, on real processes under real faults, by Jepsen's model: clients and a
 * nemesis act by a seeded schedule, everything is recorded as a history of operations, and checkers
 * judge the history alone.
 */
@NullMarked
package io.cairn.chaos;

import org.jspecify.annotations.NullMarked;
