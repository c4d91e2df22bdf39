package io.cairn.client.job;

import java.util.List;
import java.util.Optional;

/**
 * A page of a list, and how to ask for the one behind it.
 *
 * @param items may be none though there is a next page
 * @param next the query for the next page; empty: this is the last one
 */
public record Listing<T, Q>(List<T> items, Optional<Q> next) {
  /** Keeps its own copy. */
  public Listing {
    items = List.copyOf(items);
  }
}
