package io.cairn.client;

import java.util.Optional;

/**
 * A put that was done.
 *
 * @param previous what was there, if that was asked for
 */
public record PutResult(long revision, Optional<KeyValue> previous) implements OpResult {}
