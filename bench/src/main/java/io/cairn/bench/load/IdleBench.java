package io.cairn.bench.load;

import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.nodes.ProcessUse;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.nodes.ThreadTimes;
import io.cairn.bench.report.Figures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What servers use that nobody asks for anything. */
public final class IdleBench {
  private static final long MIB = 1 << 20;
  private static final double PERCENT = 100;
  private static final int GROUPS_MAX = 12;

  private IdleBench() {}

  /**
   * Leaves the servers alone for {@code settleSeconds}, as a JVM compiles for a while what it has
   * just begun to run; then looks at them, and at their threads, for {@code seconds}.
   */
  public static Figures run(List<ServerNode> servers, int settleSeconds, int seconds) {
    double loadBefore = Machine.load();
    Pause.millis(settleSeconds * 1_000L);
    List<ThreadTimes> threadsBefore = threads(servers);
    List<ProcessUse> before = servers.stream().map(ServerNode::use).toList();
    long startNanos = System.nanoTime();
    Pause.millis(seconds * 1_000L);
    List<ProcessUse> after = servers.stream().map(ServerNode::use).toList();
    double elapsedMillis = (System.nanoTime() - startNanos) / 1e6;
    List<ThreadTimes> threadsAfter = threads(servers);
    List<Double> percent = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      long used = after.get(i).cpuMillis() - before.get(i).cpuMillis();
      percent.add(PERCENT * used / elapsedMillis);
    }
    Figures figures =
        new Figures()
            .put("settle_seconds", settleSeconds)
            .put("seconds", elapsedMillis / 1e3)
            .put("server_cpu_percent", percent)
            .put("server_rss_mib", after.stream().map(use -> use.residentBytes() / MIB).toList());
    byThreads(figures, threadsBefore, threadsAfter, elapsedMillis);
    return figures.putAll(Machine.figures(loadBefore));
  }

  private static List<ThreadTimes> threads(List<ServerNode> servers) {
    return servers.stream().map(server -> server.daemon().threads()).toList();
  }

  /** Percent of a core of the groups that used most, for each server. */
  private static void byThreads(
      Figures figures, List<ThreadTimes> before, List<ThreadTimes> after, double elapsedMillis) {
    List<Map<String, Long>> used = new ArrayList<>();
    Map<String, Long> sums = new HashMap<>();
    for (int i = 0; i < after.size(); i++) {
      Map<String, Long> ofServer = after.get(i).since(before.get(i));
      used.add(ofServer);
      ofServer.forEach((group, millis) -> sums.merge(group, millis, Long::sum));
    }
    sums.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(GROUPS_MAX)
        .map(Map.Entry::getKey)
        .forEach(
            group ->
                figures.put(
                    "percent " + group,
                    used.stream()
                        .map(one -> PERCENT * one.getOrDefault(group, 0L) / elapsedMillis)
                        .toList()));
  }
}
