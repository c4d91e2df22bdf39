package io.cairn.client;

import java.util.Optional;

/**
 * The outcome of a compare-and-set.
 *
 * @param revision of the keyspace after it
 * @param current what is there instead, if it was refused and the key exists
 */
public record CasResult(boolean succeeded, long revision, Optional<KeyValue> current) {}
