package io.cairn.chaos.run;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.workload.Outcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reads once all is well again: each client tries each of its own until it is ok. What never
 * becomes ok has not been looked at, and where it was refused as lost, it is lost.
 */
final class FinalReads {
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final int EXAMPLES_MAX = 8;

  private final Map<Integer, List<Call>> wanted;
  private final int clients;
  private final List<TestNode> nodes;
  private final boolean byEach;

  /**
   * Reads.
   *
   * @param wanted by thread
   * @param clients threads, also those that read nothing
   * @param nodes the thread's client is at the node of its number, round and round
   * @param byEach false if one ok of one client is enough
   */
  FinalReads(Map<Integer, List<Call>> wanted, int clients, List<TestNode> nodes, boolean byEach) {
    this.wanted = wanted;
    this.clients = clients;
    this.nodes = List.copyOf(nodes);
    this.byEach = byEach;
  }

  /** One read of one client: how often it was tried, and what it was told last. */
  private static final class Tried {
    private boolean ok;
    private long times;
    private @Nullable Op last;
  }

  /** Goes on with what was not ok for {@code patience}. */
  Generator generator(Duration patience) {
    Generator reads = Generators.eachUntilOk(wanted, PAUSE, patience);
    return byEach ? reads : Generators.untilOk(reads);
  }

  /** What the lines of these reads say. */
  Verdict judged(List<Op> lines) {
    Map<Integer, Map<Call, Tried>> tried = tried(lines);
    long begun = 0;
    long ok = 0;
    long missing = 0;
    Validity validity = Validity.VALID;
    List<Object> examples = new ArrayList<>();
    Set<String> unread = new LinkedHashSet<>();
    nodes.forEach(node -> unread.add(node.name())); // one may have no client at all
    for (Map.Entry<Integer, Map<Call, Tried>> entry : tried.entrySet()) {
      String node = nodes.get(entry.getKey() % nodes.size()).name();
      for (Map.Entry<Call, Tried> read : entry.getValue().entrySet()) {
        Tried of = read.getValue();
        begun += of.times;
        if (of.ok) {
          ok++;
          unread.remove(node);
        } else if (byEach) {
          missing++;
          validity = validity.and(isLost(of) ? Validity.INVALID : Validity.UNKNOWN);
          if (examples.size() < EXAMPLES_MAX) {
            examples.add(told(node, read.getKey(), of));
          }
        }
      }
    }
    if (ok == 0) {
      validity = Validity.INVALID;
    } else if (byEach && !unread.isEmpty()) {
      validity = validity.and(Validity.UNKNOWN);
    }
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("reads", begun);
    details.put("ok", ok);
    details.put("nodes-unread", byEach ? List.copyOf(unread) : List.of());
    details.put("never-ok", missing);
    if (!examples.isEmpty()) {
      details.put("examples", examples);
    }
    return new Verdict(validity, details);
  }

  private Map<Integer, Map<Call, Tried>> tried(List<Op> lines) {
    Map<Integer, Map<Call, Tried>> tried = new LinkedHashMap<>();
    wanted.forEach(
        (thread, calls) -> {
          Map<Call, Tried> ofThread = new LinkedHashMap<>();
          calls.forEach(call -> ofThread.put(call, new Tried()));
          tried.put(thread, ofThread);
        });
    Map<Long, Tried> open = new HashMap<>();
    for (Op line : lines) {
      if (!line.isClient()) {
        continue;
      }
      if (line.type() == OpType.INVOKE) {
        int thread = Math.toIntExact(line.process() % clients);
        Tried of = tried.getOrDefault(thread, Map.of()).get(new Call(line.f(), line.value()));
        if (of != null) {
          of.times++;
          open.put(line.process(), of);
        }
        continue;
      }
      Tried of = open.remove(line.process());
      if (of != null) {
        of.ok |= line.type() == OpType.OK;
        of.last = line;
      }
    }
    return tried;
  }

  private static boolean isLost(Tried of) {
    Op last = of.last;
    return last != null
        && last.type() == OpType.FAIL
        && Outcomes.isLoss(last.extras().get("error"));
  }

  private static Map<String, Object> told(String node, Call call, Tried of) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("node", node);
    told.put("f", call.f());
    told.put("value", call.value());
    told.put("tries", of.times);
    Op last = of.last;
    if (last != null) {
      told.putAll(last.extras());
    }
    return told;
  }
}
