package io.cairn.server.cli;

import io.cairn.protocol.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Clusters of processes on this machine. */
@Command(
    name = "cluster",
    description = "Starts and stops a cluster of processes on this machine (loopback only).",
    subcommands = {
      ClusterCommand.Start.class,
      ClusterCommand.Stop.class,
      ClusterCommand.Status.class
    },
    footer = {
      "  cairn cluster start --nodes 3 --dir /tmp/c",
      "  cairn cluster status --dir /tmp/c",
      "  cairn cluster stop --dir /tmp/c"
    })
final class ClusterCommand {
  private static final long POLL_MILLIS = 100;

  /** What the three have in common. */
  abstract static class OnFolder extends Call {
    final Path dir() {
      return cli().dir().orElseThrow(() -> usage("Missing required option: '--dir=DIR'"));
    }
  }

  /** Starts what does not run yet. */
  @Command(
      name = "start",
      description = {
        "Starts the servers of a cluster in DIR, forming it the first time, and waits until it"
            + " serves. Servers that run already are left alone.",
        "Each server has a folder DIR/nodeN with its data and its log."
      },
      footer = {
        "  cairn cluster start --nodes 3 --dir /tmp/c",
        "  cairn cluster start --dir /tmp/c --set log-level=debug"
      })
  static final class Start extends OnFolder {
    @Option(
        names = "--nodes",
        paramLabel = "N",
        description = "How many servers: 1, 3, 5, 7 or 9. Default: 3.")
    private Optional<Integer> nodes = Optional.empty();

    @Option(
        names = "--base-port",
        paramLabel = "PORT",
        description =
            "Client port of the first server; raft and http ports follow it, the next server's are"
                + " 10 higher. Default: the first free range from 7420 on.")
    private Optional<Integer> basePort = Optional.empty();

    @Option(
        names = "--set",
        paramLabel = "SETTING=VALUE",
        description = "A setting of the servers, see 'cairn server --help'. Not remembered.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
        names = "--wait",
        paramLabel = "TIME",
        description = "How long to wait until it serves. Default: 60s.")
    private Duration wait = Duration.ofSeconds(60);

    @Override
    Exit run() throws IOException, InterruptedException {
      checkNumbers();
      return LocalClusterLock.holding(dir(), this::start);
    }

    private Exit start() throws IOException, InterruptedException {
      LocalCluster cluster = cluster();
      List<LocalNode> absent =
          cluster.nodes().stream().filter(node -> node.process().isEmpty()).toList();
      checkPorts(absent);
      List<String> flags = new ArrayList<>();
      settings.forEach((setting, value) -> flags.add("--" + setting + "=" + value));
      for (LocalNode node : absent) {
        cluster.start(node, flags);
      }
      awaitServing(cluster, absent);
      if (!cluster.isFormed()) {
        cluster = cluster.remembersForming();
      }
      say(cluster, absent);
      return Exit.DONE;
    }

    private void checkNumbers() {
      nodes.ifPresent(
          count -> {
            if (count < 1 || count > Limits.MEMBERS_MAX || count % 2 == 0) {
              throw usage("--nodes is " + count + ", allowed are 1, 3, 5, 7 and 9");
            }
          });
      basePort.ifPresent(
          base -> {
            if (base < 1 || LocalCluster.lastPort(base, nodes.orElse(3)) > 65_535) {
              throw usage("--base-port is " + base + ": ports must lie within 1 to 65535");
            }
          });
    }

    private LocalCluster cluster() throws IOException {
      Optional<LocalCluster> found = LocalCluster.find(dir());
      if (found.isEmpty()) {
        return LocalCluster.create(dir(), nodes.orElse(3), basePort.orElse(0));
      }
      LocalCluster cluster = found.get();
      refuseOther("--nodes", nodes, cluster.nodes().size());
      refuseOther("--base-port", basePort, cluster.basePort());
      return cluster;
    }

    private void refuseOther(String option, Optional<Integer> given, int present) {
      if (given.isPresent() && given.get() != present) {
        throw new CommandFailure(
            Exit.USAGE,
            "%s is in use by a cluster with %s %d, not %d: leave the option out, or take another folder"
                .formatted(dir(), option, present, given.get()));
      }
    }

    private static void checkPorts(List<LocalNode> nodes) {
      for (LocalNode node : nodes) {
        node.portInUse()
            .ifPresent(
                port -> {
                  throw new CommandFailure(
                      Exit.FAILED,
                      "port %d of %s is in use by another process; nothing was started"
                          .formatted(port, node.name()));
                });
      }
    }

    private void awaitServing(LocalCluster cluster, List<LocalNode> started)
        throws IOException, InterruptedException {
      long begin = System.nanoTime();
      List<LocalNode> left = new ArrayList<>(cluster.nodes());
      while (!left.isEmpty()) {
        for (LocalNode node : List.copyOf(left)) {
          if (node.process().isEmpty()) {
            String words = node.lastWords();
            stop(started);
            throw new CommandFailure(
                Exit.FAILED,
                "%s ended while starting: %s; the others were stopped, the log is %s"
                    .formatted(node.name(), words, node.log()));
          }
          if (node.isReady()) {
            left.remove(node);
            if (!output().isJson()) {
              output().remark("%s serves (%s)".formatted(node.name(), since(begin)));
            }
          }
        }
        if (!left.isEmpty() && System.nanoTime() - begin > wait.toNanos()) {
          throw new CommandFailure(
              Exit.UNAVAILABLE,
              "%s not serving after %s; left running, the log is %s"
                  .formatted(
                      String.join(", ", left.stream().map(LocalNode::name).toList()),
                      Shown.duration(wait),
                      left.get(0).log()));
        }
        if (!left.isEmpty()) {
          Thread.sleep(POLL_MILLIS);
        }
      }
    }

    private static void stop(List<LocalNode> nodes) throws IOException {
      for (LocalNode node : nodes) {
        node.process().ifPresent(ProcessHandle::destroy);
        node.forget();
      }
    }

    private static String since(long beginNanos) {
      return Shown.duration(Duration.ofNanos(System.nanoTime() - beginNanos));
    }

    private void say(LocalCluster cluster, List<LocalNode> started) {
      List<String> lines = new ArrayList<>();
      lines.add(
          "Cluster %s %s in %s"
              .formatted(
                  cluster.name(), started.isEmpty() ? "runs already" : "serves", cluster.dir()));
      lines.addAll(Status.table(cluster, true).lines());
      lines.add("Use it with --dir " + cluster.dir() + ", or");
      lines.add("  export CAIRN_ENDPOINTS=" + cluster.endpoints());
      Fields fields = Status.fields(cluster).put("started", (long) started.size());
      output().result(fields, lines);
    }
  }

  /** Stops what runs. */
  @Command(
      name = "stop",
      description = {
        "Stops the servers of the cluster in DIR gracefully (SIGTERM). Servers that do not run are no"
            + " error. The data stays."
      },
      footer = "  cairn cluster stop --dir /tmp/c")
  static final class Stop extends OnFolder {
    @Option(
        names = "--wait",
        paramLabel = "TIME",
        description = "How long to wait before a server is killed. Default: 30s.")
    private Duration wait = Duration.ofSeconds(30);

    @Override
    Exit run() throws IOException, InterruptedException {
      LocalCluster.open(dir());
      return LocalClusterLock.holding(dir(), this::stop);
    }

    private Exit stop() throws IOException {
      LocalCluster cluster = LocalCluster.open(dir());
      Map<LocalNode, CompletableFuture<String>> ends = new LinkedHashMap<>();
      for (LocalNode node : cluster.nodes()) {
        ends.put(node, node.process().map(this::end).orElse(done("was not running")));
      }
      List<Fields> rows = new ArrayList<>();
      List<String> lines = new ArrayList<>();
      for (Map.Entry<LocalNode, CompletableFuture<String>> end : ends.entrySet()) {
        String how = end.getValue().join();
        end.getKey().forget();
        rows.add(Fields.of().put("node", end.getKey().name()).put("result", how));
        lines.add(end.getKey().name() + " " + how);
      }
      output().result(Fields.of().put("cluster", cluster.name()).objects("nodes", rows), lines);
      return Exit.DONE;
    }

    private CompletableFuture<String> end(ProcessHandle process) {
      process.destroy();
      return process
          .onExit()
          .thenApply(ended -> "stopped")
          .completeOnTimeout("", wait.toMillis(), TimeUnit.MILLISECONDS)
          .thenCompose(
              how -> {
                if (!how.isEmpty()) {
                  return done(how);
                }
                process.destroyForcibly();
                String killed = "killed, it had not stopped in " + Shown.duration(wait);
                return process.onExit().thenApply(ended -> killed);
              });
    }

    private static CompletableFuture<String> done(String how) {
      return CompletableFuture.completedFuture(how);
    }
  }

  /** Says what runs. */
  @Command(
      name = "status",
      description = {
        "Says which servers of the cluster in DIR run. Exit code 5 if fewer than a majority serve.",
        "What a server knows of the cluster is said by 'cairn status'."
      },
      footer = "  cairn cluster status --dir /tmp/c -o json")
  static final class Status extends OnFolder {
    @Override
    Exit run() {
      LocalCluster cluster = LocalCluster.open(dir());
      List<String> lines = new ArrayList<>();
      lines.add("Cluster %s in %s".formatted(cluster.name(), cluster.dir()));
      lines.addAll(table(cluster, false).lines());
      output().result(fields(cluster), lines);
      long serving = cluster.nodes().stream().filter(node -> state(node).equals("serves")).count();
      return serving > cluster.nodes().size() / 2 ? Exit.DONE : Exit.UNAVAILABLE;
    }

    static Table table(LocalCluster cluster, boolean withLog) {
      Table table = new Table("NODE", "STATE", "PID", "CLIENT", "HTTP", withLog ? "LOG" : "");
      for (LocalNode node : cluster.nodes()) {
        table.row(
            node.name(),
            state(node),
            node.process().map(process -> Long.toString(process.pid())).orElse("-"),
            node.clientAddress(),
            node.httpAddress(),
            withLog ? node.log() : "");
      }
      return table;
    }

    static Fields fields(LocalCluster cluster) {
      List<Fields> rows = new ArrayList<>();
      for (LocalNode node : cluster.nodes()) {
        rows.add(
            Fields.of()
                .put("node", node.name())
                .put("state", state(node).toUpperCase(Locale.ROOT).replace(' ', '_'))
                .put("pid", node.process().map(ProcessHandle::pid).orElse(0L))
                .put("clientAddress", node.clientAddress())
                .put("httpAddress", node.httpAddress())
                .put("log", node.log().toString()));
      }
      return Fields.of()
          .put("cluster", cluster.name())
          .put("dir", cluster.dir().toString())
          .put("endpoints", cluster.endpoints())
          .objects("nodes", rows);
    }

    private static String state(LocalNode node) {
      if (node.process().isEmpty()) {
        return "down";
      }
      return node.isReady() ? "serves" : "not ready";
    }
  }
}
