/**
 * What every command has at hand while it is applied, and sessions: the rules that hold for all
 * commands alike (I2, I3). Knows no clock, no randomness, no network, no consensus library. Runs on
 * one thread, the one that applies.
 */
@NullMarked
package io.cairn.core.apply;

import org.jspecify.annotations.NullMarked;
