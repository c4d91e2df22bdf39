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
import java.util.Objects;
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

  private final boolean realTime;
  private final Map<AppendedList, Unread> tails = new HashMap<>();

  /** Judges strict serializability, or without {@code realTime}, serializability. */
  public AppendChecker(boolean realTime) {
    this.realTime = realTime;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    tails.clear();
    long txns = 0;
    long reads = 0;
    long appended = 0;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      AppendHistory appends = new AppendHistory(part.operations(), findings);
      txns += appends.txns().size();
      reads += appends.reads();
      appended += appends.appended();
      DependencyGraph graph = graph(appends);
      new Cycles(graph, appends.txns(), findings).find();
    }
    findings.count("txns", txns);
    findings.count("reads", reads);
    findings.count("appended", appended);
    if (reads == 0) {
      findings.unsure("nothing was read");
    }
    if (appended == 0) {
      findings.unsure("no append is known to have taken effect");
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
    tails.put(key, new Unread(graph, key.unread()));
    if (last >= 0) {
      tail(key).after(last, WW);
    }
  }

  private Unread tail(AppendedList key) {
    return Objects.requireNonNull(tails.get(key));
  }

  /**
   * Transactions that appended to one list what nobody read, behind all that was read. One before
   * them all leads to a node that leads to each; one that is itself among them, and not before
   * itself, to a node that leads to those in front of it and to one that leads to those behind.
   */
  private static final class Unread {
    private final DependencyGraph graph;
    private final List<Integer> writers;
    private final Map<Integer, Integer> places = new HashMap<>();
    private int all = -1;
    private int[] upTo = {};
    private int[] from = {};

    Unread(DependencyGraph graph, Set<Integer> unread) {
      this.graph = graph;
      writers = List.copyOf(unread);
      for (int i = 0; i < writers.size(); i++) {
        places.put(writers.get(i), i);
      }
      if (!writers.isEmpty()) {
        all = graph.addNode();
        writers.forEach(writer -> graph.add(all, writer, FREE));
      }
    }

    /** Puts a transaction before all of them but itself. */
    void after(int txn, int kind) {
      Integer place = places.get(txn);
      if (place == null) {
        if (all >= 0) {
          graph.add(txn, all, kind);
        }
        return;
      }
      if (upTo.length == 0) {
        upTo = new int[writers.size()];
        from = new int[writers.size()];
        for (int i = 0; i < upTo.length; i++) {
          upTo[i] = node(i, i == 0 ? -1 : upTo[i - 1]);
        }
        for (int i = from.length - 1; i >= 0; i--) {
          from[i] = node(i, i == from.length - 1 ? -1 : from[i + 1]);
        }
      }
      if (place > 0) {
        graph.add(txn, upTo[place - 1], kind);
      }
      if (place < from.length - 1) {
        graph.add(txn, from[place + 1], kind);
      }
    }

    private int node(int writer, int next) {
      int node = graph.addNode();
      graph.add(node, writers.get(writer), FREE);
      if (next >= 0) {
        graph.add(node, next, FREE);
      }
      return node;
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
        tail(key).after(txn.number(), RW);
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
