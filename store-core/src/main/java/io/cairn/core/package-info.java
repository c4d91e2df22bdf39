/**
 * The deterministic engine: command batches in, outcomes out. It knows no raft, network, clock,
 * randomness or thread; the apply thread of its group runs it.
 */
@NullMarked
package io.cairn.core;

import org.jspecify.annotations.NullMarked;
