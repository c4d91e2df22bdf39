package io.cairn.chaos.generator;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done, not yet by whom or when.
 *
 * @param f without the colon: {@code read}
 */
public record Call(String f, @Nullable Object value) {}
