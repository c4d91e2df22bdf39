package io.cairn.chaos.check;

import static io.cairn.chaos.check.DependencyGraph.FREE;
import static io.cairn.chaos.check.DependencyGraph.REAL_TIME;
import static io.cairn.chaos.check.DependencyGraph.RW;
import static io.cairn.chaos.check.DependencyGraph.WR;
import static io.cairn.chaos.check.DependencyGraph.WW;

import io.cairn.chaos.check.AppendHistory.AppendedList;
import io.cairn.chaos.check.AppendHistory.Micro;
import io.cairn.chaos.check.AppendHistory.Txn;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Transactions over lists are strictly serializable: {@code :txn [[:append k v] [:r k nil]]}. The
 * way of Elle (Kingsbury and Alvaro, 2020): each element is appended once, so a list that was read
 * shows in which order its elements came, and from that follows who must stand before whom:
 *
 * <ul>
 *   <li>ww: the next element is of the other;
 *   <li>wr: the other read a list that ends with an element of the one;
 *   <li>rw: the one read a list to which the other then appended;
 *   <li>real time: the one had ended before the other began.
 * </ul>
 *
 * <p>An append that took effect and that the longest list read does not show comes behind it. A
 * cycle is an anomaly: G0 of ww alone; G1c of ww and wr; G-single with one rw; G2 with more. One
 * that needs real time has {@code -realtime} behind its name. Beside cycles: G1a (a failed append
 * was read), G1b (a list between two appends of one transaction was read), internal (a transaction
 * disagrees with itself), duplicate-elements, incompatible-order, from-nowhere.
 */
public final class AppendChecker implements Checker {
  private static final int TRIES_MAX = 2_000;

  /** So many edges are added at most where one node before all will not do. */
  private static final int UNREAD_MAX = 300;

  private final boolean realTime;
  private final Map<AppendedList, Integer> tails = new HashMap<>();

  /** Judges strict serializability, or without {@code realTime}, serializability. */
  public AppendChecker(boolean realTime) {
    this.realTime = realTime;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    tails.clear();
    List<KeyedOperations> parts = KeyedOperations.split(history.operations());
    for (KeyedOperations part : parts) {
      AppendHistory appends = new AppendHistory(part.operations(), findings);
      DependencyGraph graph = graph(appends);
      new Cycles(graph, appends.txns(), findings).find();
    }
    return findings.verdict();
  }

  private DependencyGraph graph(AppendHistory history) {
    DependencyGraph graph = new DependencyGraph(history.txns().size());
    for (AppendedList key : history.keys().values()) {
      writes(graph, key);
    }
    for (Txn txn : history.txns()) {
      if (txn.operation().isOk()) {
        reads(graph, history, txn);
      }
    }
    if (realTime) {
      realTime(graph, history.txns());
    }
    graph.seal();
    return graph;
  }

  /** The order of a key's elements, and behind it one node before all that were never read. */
  private void writes(DependencyGraph graph, AppendedList key) {
    int last = -1;
    for (Object element : key.order()) {
      int writer = key.writer(element);
      if (last >= 0 && writer >= 0) {
        graph.add(last, writer, WW);
      }
      last = writer;
    }
    int tail = -1;
    if (!key.unread().isEmpty()) {
      tail = graph.addNode();
      for (int writer : key.unread()) {
        graph.add(tail, writer, FREE);
      }
    }
    tails.put(key, tail);
    if (last >= 0) {
      beforeUnread(graph, key, last, WW);
    }
  }

  /**
   * Puts a transaction before those that appended what nobody read: by way of the one node before
   * them all; if it is one of them, without it, as it is not before itself.
   */
  private void beforeUnread(DependencyGraph graph, AppendedList key, int txn, int kind) {
    if (key.unread().isEmpty()) {
      return;
    }
    if (!key.unread().contains(txn)) {
      graph.add(txn, tails.getOrDefault(key, -1), kind);
    } else if (key.unread().size() <= UNREAD_MAX) {
      for (int writer : key.unread()) {
        graph.add(txn, writer, kind);
      }
    }
  }

  private void reads(DependencyGraph graph, AppendHistory history, Txn txn) {
    for (Micro micro : AppendHistory.micros(txn.operation())) {
      List<?> read = Fields.list(micro.value());
      AppendedList key = history.keys().get(micro.key());
      if (micro.isAppend() || read == null || key == null || !key.isPrefix(read)) {
        continue;
      }
      int size = read.size();
      int writer = size == 0 ? -1 : key.writer(read.get(size - 1));
      if (writer >= 0) {
        graph.add(writer, txn.number(), WR);
      }
      if (size == key.order().size()) {
        beforeUnread(graph, key, txn.number(), RW);
      } else if (key.writer(key.order().get(size)) >= 0) {
        graph.add(txn.number(), key.writer(key.order().get(size)), RW);
      }
    }
  }

  /** Each end is a node that leads to the next end, and to what begins before that. */
  private static void realTime(DependencyGraph graph, List<Txn> txns) {
    List<Txn> byEnd = new ArrayList<>(txns);
    byEnd.removeIf(txn -> !txn.operation().isOk());
    byEnd.sort(Comparator.comparingLong(txn -> txn.operation().end()));
    int ended = 0;
    int moment = -1;
    for (Txn txn : txns) {
      while (ended < byEnd.size() && byEnd.get(ended).operation().end() < txn.operation().begin()) {
        int next = graph.addNode();
        graph.add(byEnd.get(ended++).number(), next, REAL_TIME);
        if (moment >= 0) {
          graph.add(moment, next, FREE);
        }
        moment = next;
      }
      if (moment >= 0) {
        graph.add(moment, txn.number(), FREE);
      }
    }
  }

  /** Looks for cycles, and names them. */
  private record Cycles(DependencyGraph graph, List<Txn> txns, Findings findings) {
    void find() {
      if (!find(0, "")) {
        find(REAL_TIME, "-realtime");
      }
    }

    private boolean find(int more, String suffix) {
      boolean found = find("G0" + suffix, WW, WW | more, WW | more);
      found |= find("G1c" + suffix, WR, WW | WR | more, WW | WR | more);
      Set<Integer> explained = new HashSet<>();
      int all = WW | WR | RW | more;
      int[] components = graph.components(all | FREE);
      found |= find("G-single" + suffix, RW, components, WW | WR | more, explained);
      found |= find("G2" + suffix, RW, components, all, explained);
      return found;
    }

    private boolean find(String name, int through, int component, int way) {
      return find(name, through, graph.components(component | FREE), way, new HashSet<>());
    }

    /** One cycle in each component, through an edge of one kind and back on others. */
    private boolean find(
        String name, int through, int[] components, int way, Set<Integer> explained) {
      boolean found = false;
      int tries = 0;
      for (int edge = 0; edge < graph.edges() && tries < TRIES_MAX; edge++) {
        int from = graph.from(edge);
        int to = graph.to(edge);
        int component = components[from];
        if (graph.kind(edge) != through
            || component != components[to]
            || explained.contains(component)) {
          continue;
        }
        tries++;
        DependencyGraph.Way back = graph.shortest(to, from, way | FREE, components);
        if (!back.nodes().isEmpty()) {
          explained.add(component);
          found = true;
          findings.wrong(name, "cycle", shown(through, back));
        }
      }
      return found;
    }

    private List<Object> shown(int through, DependencyGraph.Way back) {
      List<Object> steps = new ArrayList<>();
      for (int i = 0; i < back.nodes().size(); i++) {
        int node = back.nodes().get(i);
        int kind = i < back.kinds().size() ? back.kinds().get(i) : through;
        if (node < txns.size()) {
          steps.add(Findings.shown(txns.get(node).operation()));
        }
        if (kind != FREE) {
          steps.add(name(kind));
        }
      }
      return steps;
    }

    private static String name(int kind) {
      return switch (kind) {
        case WW -> "ww";
        case WR -> "wr";
        case RW -> "rw";
        default -> "realtime";
      };
    }
  }
}
