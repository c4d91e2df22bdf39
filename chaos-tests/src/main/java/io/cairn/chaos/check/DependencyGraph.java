package io.cairn.chaos.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A graph whose nodes are numbers and whose edges have a kind. Nodes may be added that stand for
 * nothing but a moment.
 */
final class DependencyGraph {
  /** Kinds of edges, as bits. */
  static final int WW = 1;

  static final int WR = 2;
  static final int RW = 4;
  static final int REAL_TIME = 8;

  /** Leads on from a node that is only a moment; every way may use it. */
  static final int FREE = 16;

  private int nodes;
  private int edges;
  private int[] from = new int[1 << 10];
  private int[] to = new int[1 << 10];
  private byte[] kind = new byte[1 << 10];
  private int[] first = {0};
  private int[] sorted = {};
  private int[] arrivedBy = {};

  /** A way: nodes one behind the other, and the kinds of the edges between them. */
  record Way(List<Integer> nodes, List<Integer> kinds) {}

  DependencyGraph(int nodes) {
    this.nodes = nodes;
  }

  /** Adds a node. */
  int addNode() {
    return nodes++;
  }

  int nodes() {
    return nodes;
  }

  int edges() {
    return edges;
  }

  int from(int edge) {
    return from[edge];
  }

  int to(int edge) {
    return to[edge];
  }

  int kind(int edge) {
    return kind[edge];
  }

  /** Adds an edge; one from a node to itself is none. */
  void add(int source, int target, int edgeKind) {
    if (source == target) {
      return;
    }
    if (edges == from.length) {
      from = Arrays.copyOf(from, 2 * edges);
      to = Arrays.copyOf(to, 2 * edges);
      kind = Arrays.copyOf(kind, 2 * edges);
    }
    from[edges] = source;
    to[edges] = target;
    kind[edges] = (byte) edgeKind;
    edges++;
  }

  /** Orders the edges by where they begin; called once, when all are there. */
  void seal() {
    first = new int[nodes + 1];
    for (int edge = 0; edge < edges; edge++) {
      first[from[edge] + 1]++;
    }
    for (int node = 0; node < nodes; node++) {
      first[node + 1] += first[node];
    }
    arrivedBy = new int[nodes];
    Arrays.fill(arrivedBy, -1);
    int[] next = Arrays.copyOf(first, nodes);
    sorted = new int[edges];
    for (int edge = 0; edge < edges; edge++) {
      sorted[next[from[edge]]++] = edge;
    }
  }

  /**
   * The strongly connected components over edges of some kinds, by Tarjan without recursion: for
   * each node the number of its component.
   */
  int[] components(int kinds) {
    int[] component = new int[nodes];
    int[] number = new int[nodes];
    int[] low = new int[nodes];
    int[] place = new int[nodes];
    int[] stack = new int[nodes];
    int[] calls = new int[nodes];
    boolean[] isOpen = new boolean[nodes];
    int stacked = 0;
    int numbered = 0;
    int found = 0;
    for (int root = 0; root < nodes; root++) {
      if (number[root] != 0) {
        continue;
      }
      int depth = 0;
      calls[depth++] = root;
      while (depth > 0) {
        int node = calls[depth - 1];
        if (number[node] == 0) {
          number[node] = ++numbered;
          low[node] = numbered;
          place[node] = first[node];
          stack[stacked++] = node;
          isOpen[node] = true;
        }
        int child = -1;
        while (child < 0 && place[node] < first[node + 1]) {
          int edge = sorted[place[node]++];
          int target = to[edge];
          if ((kind[edge] & kinds) == 0) {
            continue;
          }
          if (number[target] == 0) {
            child = target;
          } else if (isOpen[target]) {
            low[node] = Math.min(low[node], number[target]);
          }
        }
        if (child >= 0) {
          calls[depth++] = child;
          continue;
        }
        depth--;
        if (depth > 0) {
          low[calls[depth - 1]] = Math.min(low[calls[depth - 1]], low[node]);
        }
        if (low[node] == number[node]) {
          int member;
          do {
            member = stack[--stacked];
            isOpen[member] = false;
            component[member] = found;
          } while (member != node);
          found++;
        }
      }
    }
    return component;
  }

  /**
   * A shortest way over edges of some kinds, within one component; without nodes if there is none.
   */
  Way shortest(int source, int target, int kinds, int[] component) {
    List<Integer> seen = new ArrayList<>(List.of(source));
    Way way = new Way(List.of(), List.of());
    for (int i = 0; i < seen.size(); i++) {
      int node = seen.get(i);
      if (node == target) {
        way = wayTo(source, target);
        break;
      }
      for (int at = first[node]; at < first[node + 1]; at++) {
        int edge = sorted[at];
        int next = to[edge];
        if ((kind[edge] & kinds) != 0
            && component[next] == component[source]
            && next != source
            && arrivedBy[next] < 0) {
          arrivedBy[next] = edge;
          seen.add(next);
        }
      }
    }
    for (int node : seen) {
      arrivedBy[node] = -1;
    }
    return way;
  }

  private Way wayTo(int source, int target) {
    List<Integer> way = new ArrayList<>(List.of(target));
    List<Integer> kinds = new ArrayList<>();
    int node = target;
    while (node != source) {
      int edge = arrivedBy[node];
      kinds.add(0, (int) kind[edge]);
      node = from[edge];
      way.add(0, node);
    }
    return new Way(way, kinds);
  }
}
