package io.cairn.chaos.cluster;

/**
 * What is wrong with a link from one node to another.
 *
 * @param kind of trouble
 * @param amount how much, by its kind
 */
public record Impairment(Kind kind, double amount) {
  /** Kinds of trouble. */
  public enum Kind {
    /** All that the one sends the other vanishes; no amount. */
    DROP,
    /** Requests of the one to the other vanish, its answers arrive; no amount. */
    DROP_REQUESTS,
    /** Connections are reset; no amount. */
    RESET,
    /** Packets vanish with this probability; by proxy, connections are reset with it. */
    LOSS,
    /** Packets of at least this many bytes vanish. */
    LARGE,
    /** Bytes arrive this many milliseconds late, half of it at random. */
    DELAY,
    /** At most this many bytes a second. */
    RATE,
    /** Connections stay open on the sender's side, and nobody is behind them; no amount. */
    HALF_OPEN
  }

  /** Trouble that needs no amount. */
  public static Impairment of(Kind kind) {
    return new Impairment(kind, 0);
  }
}
