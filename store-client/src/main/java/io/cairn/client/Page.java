package io.cairn.client;

import java.util.List;

/**
 * A part of a list.
 *
 * @param more true: there is more behind the last item
 */
public record Page<T>(List<T> items, boolean more) {}
