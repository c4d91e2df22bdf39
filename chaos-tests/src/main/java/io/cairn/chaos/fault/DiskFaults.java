package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.ClusterOptions.DiskKind;
import io.cairn.chaos.cluster.Command;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.chaos.cluster.Shim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Faults of whole file systems: an ext4 of its own in an image for each node. */
final class DiskFaults {
  /** The device is gone, and with it what was not written; the journal is not flushed first. */
  private static final String LOSE_UNWRITTEN = "2";

  private static final String NEEDS = "root, loop devices, ext4, gcc";
  private static final String MARKER = "unsynced";

  /** Until its end nobody else may touch the file system. */
  static final String HUNG = "hung-disk";

  private DiskFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        kind("power-cut", "#424242", "machines lose power: what was not fsynced is gone", Cut::new),
        new FaultKind(
            "lying-fsync",
            "disk",
            "#000000",
            "fsync says yes and does nothing; power is cut at the end",
            NEEDS,
            DiskFaults::missing,
            options -> onLoop(options).withShim(Shim.IO),
            Lie::new),
        kind("device-failure", "#757575", "the device fails; it is back at the end", Failure::new),
        kind(HUNG, "#bdbdbd", "writes hang until the end", Hang::new));
  }

  private static FaultKind kind(
      String name,
      String colour,
      String text,
      BiFunction<FaultKind, ServerCluster, Fault> opening) {
    return new FaultKind(
        name, "disk", colour, text, NEEDS, DiskFaults::missing, DiskFaults::onLoop, opening);
  }

  private static Optional<String> missing() {
    return Means.loopDisks().or(Means::compiler);
  }

  static ClusterOptions onLoop(ClusterOptions options) {
    return options.withDisk(DiskKind.LOOP_EXT4);
  }

  /**
   * The mount of a node's own file system. Nobody else's may be filled, frozen or taken away.
   *
   * @throws ClusterFailure if the node has none
   */
  static Path ownMount(ServerNode node) {
    if (!node.disk().isDevice()) {
      throw new ClusterFailure(node.name() + " has no file system of its own", null);
    }
    node.disk().attach(); // another fault may have taken it away
    return node.disk().mount();
  }

  /** Takes the device away at once; what the page cache holds is lost. */
  private static void shutDown(ServerCluster cluster, ServerNode node) {
    Command.run(
        cluster.program("shutdown.c").toString(), node.disk().mount().toString(), LOSE_UNWRITTEN);
  }

  /** Power goes for all of these at once, as near as can be; on return they are dark. */
  private static void cutPower(ServerCluster cluster, List<ServerNode> nodes, Evidence signs) {
    for (ServerNode node : nodes) {
      node.disk().thaw(); // a frozen one would let nobody write the mark
      mark(node);
    }
    for (ServerNode node : nodes) {
      node.expectEnd(); // it may be faster than the signal, and find a write failed
      shutDown(cluster, node);
      node.signal("KILL");
    }
    for (ServerNode node : nodes) {
      if (node.kill()) {
        signs.add("kills", 1);
      }
      node.disk().detach();
      signs.add("power-cuts", 1);
    }
  }

  /** A file that nobody syncs, which a true power cut takes away. */
  private static void mark(ServerNode node) {
    try {
      Files.writeString(ownMount(node).resolve(MARKER), "not synced");
    } catch (IOException e) {
      throw new ClusterFailure("cannot write to the disk of " + node.name(), e);
    }
  }

  private static void returnPower(List<ServerNode> nodes, Evidence signs) {
    for (ServerNode node : nodes) {
      Path marker = ownMount(node).resolve(MARKER);
      try {
        if (!Files.exists(marker) || Files.size(marker) == 0) {
          signs.add("unsynced-files-lost", 1);
        }
        Files.deleteIfExists(marker);
      } catch (IOException e) {
        throw new ClusterFailure("cannot read the disk of " + node.name(), e);
      }
    }
  }

  /** A power cut. */
  private static final class Cut extends NodeFault {
    Cut(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, Target.every());
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      cutPower(cluster(), nodes, signs());
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      returnPower(nodes, signs());
    }
  }

  /** Fsyncs that do nothing, on a minority, then a power cut there. */
  private static final class Lie extends NodeFault {
    Lie(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE, Target.LEADER));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        IoFaults.begin(
            cluster().controlPage(node, Shim.IO),
            IoFaults.LYING_FSYNC,
            IoFaults.LYING_FSYNC.ppmMax(),
            0,
            "");
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      cutPower(cluster(), nodes, signs());
      for (ServerNode node : nodes) {
        Map<String, Long> hits = IoFaults.end(cluster().controlPage(node, Shim.IO));
        count("fsyncs-dropped", hits.getOrDefault("fsyncs-hit", 0L));
      }
      returnPower(nodes, signs());
      done.put("power-cut", nodes.stream().map(ServerNode::name).toList());
    }

    @Override
    void settle(List<ServerNode> nodes, Map<String, Object> done) {
      Replacement.ofThoseThatRefuse(cluster(), nodes, signs(), done).forEach(this::noteByHand);
    }
  }

  /** A device that is gone while its process runs on. */
  private static final class Failure extends NodeFault {
    Failure(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE, Target.MINORITY, Target.LEADER));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        shutDown(cluster(), node);
        count("devices-failed", 1);
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        node.kill();
        node.disk().detach();
        node.disk().attach();
      }
    }
  }

  /** Writes wait, for as long as it lasts. */
  private static final class Hang extends NodeFault {
    private long sinceNanos;

    Hang(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE, Target.MINORITY, Target.LEADER, Target.ALL));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      sinceNanos = System.nanoTime();
      for (ServerNode node : nodes) {
        node.disk().freeze();
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        if (node.disk().thaw()) {
          count("frozen-ms", (System.nanoTime() - sinceNanos) / 1_000_000);
        }
      }
    }
  }
}
