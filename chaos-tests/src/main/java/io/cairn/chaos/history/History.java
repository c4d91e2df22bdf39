package io.cairn.chaos.history;

import java.util.List;

/** Operations in their order; index and time are checked, and who begins and ends what. */
public record History(List<Op> ops) {
  /** A history that nobody changes. */
  public History {
    ops = List.copyOf(ops);
  }
}
