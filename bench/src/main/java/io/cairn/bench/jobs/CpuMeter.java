package io.cairn.bench.jobs;

import io.cairn.bench.nodes.ProcessUse;
import io.cairn.bench.nodes.ServerNode;
import java.util.ArrayList;
import java.util.List;

/** Processor time from a moment on: of servers, and of this process, which has the clients. */
final class CpuMeter {
  private final List<ServerNode> servers;
  private final List<Long> serversBefore;
  private final long clientsBefore;
  private final long startNanos;

  private CpuMeter(List<ServerNode> servers) {
    this.servers = servers;
    this.serversBefore = servers.stream().map(server -> server.use().cpuMillis()).toList();
    this.clientsBefore = ProcessUse.ofThis().cpuMillis();
    this.startNanos = System.nanoTime();
  }

  /** Counts from now on. */
  static CpuMeter of(List<ServerNode> servers) {
    return new CpuMeter(servers);
  }

  /** Milliseconds of each server until now. */
  List<Long> serverMillis() {
    List<Long> used = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      used.add(servers.get(i).use().cpuMillis() - serversBefore.get(i));
    }
    return used;
  }

  /** Milliseconds of this process until now. */
  long clientMillis() {
    return ProcessUse.ofThis().cpuMillis() - clientsBefore;
  }

  /** Milliseconds of all until now. */
  long allMillis() {
    return clientMillis() + serverMillis().stream().mapToLong(Long::longValue).sum();
  }

  /** Seconds until now. */
  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
