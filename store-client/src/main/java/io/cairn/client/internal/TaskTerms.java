package io.cairn.client.internal;

import io.cairn.client.Lost;
import io.cairn.client.codec.Codec;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How an owned task is worked on.
 *
 * @param labels of the checkpoints
 * @param alone false: it is saved at barriers, together with others, and alone only at its
 *     beginning
 */
record TaskTerms<T>(
    Codec<T> codec,
    Triggers.Conditions conditions,
    Map<String, String> labels,
    Consumer<Lost> onLost,
    Ownership ownership,
    boolean alone) {}
