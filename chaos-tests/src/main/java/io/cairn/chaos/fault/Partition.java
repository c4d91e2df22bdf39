package io.cairn.chaos.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who cannot talk to whom. */
enum Partition {
  /** One node alone. */
  ONE,
  /** A majority, and the others. */
  HALVES,
  /** Whoever leads, alone. */
  LEADER,
  /** Two halves that only one node can talk to both of. */
  BRIDGE,
  /** Each node sees a majority, and each another one; of three nodes, one link is cut. */
  RING;

  /** Two places in an order of nodes that cannot talk. */
  record Cut(int one, int other) {}

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Partition of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The links that are cut among so many nodes; a leader stands first in the order. */
  List<Cut> cuts(int nodes) {
    return switch (this) {
      case ONE, LEADER -> between(0, 1, 1, nodes);
      case HALVES -> between(0, nodes / 2 + 1, nodes / 2 + 1, nodes);
      case BRIDGE -> {
        int half = (nodes - 1) / 2;
        yield between(1, 1 + half, 1 + half, nodes);
      }
      case RING -> ring(nodes);
    };
  }

  private static List<Cut> between(int from, int to, int otherFrom, int otherTo) {
    List<Cut> cuts = new ArrayList<>();
    for (int one = from; one < to; one++) {
      for (int other = otherFrom; other < otherTo; other++) {
        cuts.add(new Cut(one, other));
      }
    }
    return cuts;
  }

  /** Each sees its nearest neighbours on both sides, just enough of them for a majority. */
  private static List<Cut> ring(int nodes) {
    if (nodes == 3) {
      return List.of(new Cut(0, 1));
    }
    int reach = (nodes / 2 + 1) / 2;
    List<Cut> cuts = new ArrayList<>();
    for (int one = 0; one < nodes; one++) {
      for (int other = one + 1; other < nodes; other++) {
        int way = Math.min(other - one, nodes - (other - one));
        if (way > reach) {
          cuts.add(new Cut(one, other));
        }
      }
    }
    return cuts;
  }
}
