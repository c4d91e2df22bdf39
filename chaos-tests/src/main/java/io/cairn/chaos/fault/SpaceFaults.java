package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.cluster.Command;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.client.CairnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a disk or a process has no more of. */
final class SpaceFaults {
  private static final List<Target> FEW = List.of(Target.ONE, Target.MINORITY, Target.LEADER);

  private static final String FILL =
      "exec 2>/dev/null; i=0; while true >\"$1/f$i\"; do i=$((i + 1)); done; echo $i";

  private SpaceFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        new FaultKind(
            "disk-full",
            "disk",
            "#a1887f",
            "no room is left on the disk",
            "root, loop devices, ext4",
            Means::loopDisks,
            DiskFaults::onLoop,
            Room::new),
        new FaultKind(
            "inodes",
            "disk",
            "#8d6e63",
            "the disk has room, but no more files can be made",
            "root, loop devices, ext4",
            Means::loopDisks,
            DiskFaults::onLoop,
            Inodes::new),
        new FaultKind(
            "descriptors",
            "disk",
            "#5d4037",
            "the process may open no more files or connections",
            "root, prlimit",
            Means::limits,
            UnaryOperator.identity(),
            Descriptors::new));
  }

  /** Something is used up; what the servers log of it is counted. */
  private abstract static class Scarcity extends NodeFault {
    private static final long READY_MILLIS_MAX = 10_000;
    private final String complaint;
    private final Map<String, Long> complaintsBefore = new LinkedHashMap<>();

    Scarcity(FaultKind kind, ServerCluster cluster, String complaint) {
      super(kind, cluster, FEW);
      this.complaint = complaint;
    }

    @Override
    final void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        complaintsBefore.put(node.name(), node.logged(complaint));
        done.put("taken-" + node.name(), take(node));
      }
      nodes.forEach(node -> makeWrite(node, done));
    }

    /** Files are made large beforehand: a node notices only when it needs another one. */
    private void makeWrite(ServerNode node, Map<String, Object> done) {
      try {
        cluster().administer(admin -> admin.snapshot(cluster().member(node).clientAddress()));
      } catch (CairnException e) {
        String why = String.valueOf(e.getMessage());
        done.put("snapshot-" + node.name(), why);
        if (why.contains(complaint)) { // and not for want of a leader, or of time
          count("snapshots-failed", 1);
        }
      }
    }

    @Override
    final void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      nodes.forEach(this::giveBack);
    }

    /** One that was starting may have seen what there was no more of, and end only now. */
    @Override
    final void settle(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        Pause.until(READY_MILLIS_MAX, () -> node.isReady() || !node.isAlive());
        long before = complaintsBefore.getOrDefault(node.name(), 0L);
        count("complaints-logged", node.logged(complaint) - before);
      }
    }

    /** Uses it up, and says how much it took. */
    abstract long take(ServerNode node);

    abstract void giveBack(ServerNode node);
  }

  /** A file that takes all room. */
  private static final class Room extends Scarcity {
    private static final String FILE = "filler";

    Room(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, "No space left");
    }

    @Override
    long take(ServerNode node) {
      Path mount = DiskFaults.ownMount(node);
      Path file = mount.resolve(FILE);
      long before = usable(mount);
      // It says no, and yet takes what there is; the map of its blocks needs some, too.
      for (long step = before; step >= 4_096 && usable(mount) > 0; step /= 2) {
        String from = Long.toString(before - usable(mount));
        Command.attempt("fallocate", "-o", from, "-l", Long.toString(step), file.toString());
      }
      return before - usable(mount);
    }

    private static long usable(Path mount) {
      try {
        return Files.getFileStore(mount).getUsableSpace();
      } catch (IOException e) {
        throw new ClusterFailure("cannot look at the disk of " + mount, e);
      }
    }

    @Override
    void giveBack(ServerNode node) {
      delete(DiskFaults.ownMount(node).resolve(FILE));
    }
  }

  /** Empty files that take all inodes. */
  private static final class Inodes extends Scarcity {
    private static final String FOLDER = "fillers";

    Inodes(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, "No space left");
    }

    @Override
    long take(ServerNode node) {
      return makeFiles(DiskFaults.ownMount(node).resolve(FOLDER));
    }

    @Override
    void giveBack(ServerNode node) {
      delete(DiskFaults.ownMount(node).resolve(FOLDER));
    }
  }

  /** Makes empty files until no more can be made; returns how many. */
  static long makeFiles(Path folder) {
    Command.run("mkdir", "-p", folder.toString());
    String made = Command.run("sh", "-c", FILL, "sh", folder.toString());
    return Long.parseLong(made.strip());
  }

  /** By a command, whose time is limited: the kernel lets nobody go who waits for a hung disk. */
  private static void delete(Path file) {
    Command.run("rm", "-rf", file.toString());
  }

  /** A limit at what is open now. */
  private static final class Descriptors extends Scarcity {
    private static final String LIMIT = "Max open files";

    Descriptors(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, "Too many open files");
    }

    @Override
    long take(ServerNode node) {
      long pid = node.pid();
      if (pid == 0) {
        return 0;
      }
      Set<String> open = new TreeSet<>();
      try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
        files.forEach(file -> open.add(file.getFileName().toString()));
      } catch (IOException e) {
        throw new ClusterFailure("cannot look at the files of " + node.name(), e);
      }
      // The limit is one of numbers: the lowest that is free is what the next file would get.
      int free = 0;
      while (open.contains(Integer.toString(free))) {
        free++;
      }
      if (limit(pid, Integer.toString(free)).isEmpty() && node.isAlive()) {
        throw new ClusterFailure("cannot limit the files of " + node.name(), null);
      }
      return free;
    }

    /** Of the two limits the soft one: the hard one cannot be raised again everywhere. */
    private static Optional<String> limit(long pid, String soft) {
      return Command.attempt("prlimit", "--pid", Long.toString(pid), "--nofile=" + soft + ":");
    }

    @Override
    void giveBack(ServerNode node) {
      if (node.pid() != 0) {
        limit(node.pid(), hardLimit(node.pid()));
      }
    }

    private static String hardLimit(long pid) {
      try (Stream<String> limits = Files.lines(Path.of("/proc", Long.toString(pid), "limits"))) {
        return limits
            .filter(line -> line.startsWith(LIMIT))
            .map(line -> line.substring(LIMIT.length()).strip().split("\\s+", -1)[1])
            .findFirst()
            .orElse("unlimited");
      } catch (IOException ended) {
        return "unlimited";
      }
    }
  }
}
