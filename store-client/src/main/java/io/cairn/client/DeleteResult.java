package io.cairn.client;

import java.util.List;

/**
 * A deletion that was done.
 *
 * @param deleted how many keys
 * @param previous what was there, if that was asked for
 */
public record DeleteResult(long revision, long deleted, List<KeyValue> previous)
    implements OpResult {}
