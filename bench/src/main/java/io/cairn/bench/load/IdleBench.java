package io.cairn.bench.load;

import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.nodes.ProcessUse;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.report.Figures;
import java.util.ArrayList;
import java.util.List;

/** What servers use that nobody asks for anything. */
public final class IdleBench {
  private static final long MIB = 1 << 20;
  private static final double PERCENT = 100;

  private IdleBench() {}

  /** Lets the servers settle, then looks at them for {@code seconds}. */
  public static Figures run(List<ServerNode> servers, int settleSeconds, int seconds) {
    double loadBefore = Machine.load();
    Pause.millis(settleSeconds * 1_000L);
    List<ProcessUse> before = servers.stream().map(ServerNode::use).toList();
    long startNanos = System.nanoTime();
    Pause.millis(seconds * 1_000L);
    List<ProcessUse> after = servers.stream().map(ServerNode::use).toList();
    double elapsedMillis = (System.nanoTime() - startNanos) / 1e6;
    List<Double> percent = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      long used = after.get(i).cpuMillis() - before.get(i).cpuMillis();
      percent.add(PERCENT * used / elapsedMillis);
    }
    return new Figures()
        .put("seconds", elapsedMillis / 1e3)
        .put("server_cpu_percent", percent)
        .put("server_rss_mib", after.stream().map(use -> use.residentBytes() / MIB).toList())
        .putAll(Machine.figures(loadBefore));
  }
}
