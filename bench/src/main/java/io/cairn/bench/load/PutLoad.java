package io.cairn.bench.load;

import io.cairn.protocol.Limits;

/**
 * The puts of a load.
 *
 * @param valueBytes bytes of each value
 * @param outstanding puts of one client that wait for their answers at any time
 * @param clients clients, each with a connection of its own
 * @param keys keys that are written, again and again in turn
 */
public record PutLoad(int valueBytes, int outstanding, int clients, int keys) {
  /** Keys of a load. */
  public static final int KEYS_MAX = 100_000_000;

  private static final int CLIENTS_MAX = 64;

  /** A load within the limits of the store. */
  public PutLoad {
    require("value", valueBytes, 0, Limits.VALUE_BYTES_MAX);
    require("outstanding", outstanding, 1, Limits.SESSION_WINDOW_MAX);
    require("clients", clients, 1, CLIENTS_MAX);
    require("keys", keys, 1, KEYS_MAX);
  }

  /** Refuses a number outside of its range. */
  public static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "--%s is %d, must be %d to %d".formatted(name, value, least, most));
    }
  }
}
