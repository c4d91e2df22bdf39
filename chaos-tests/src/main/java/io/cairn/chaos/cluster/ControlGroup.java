package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control group of version 1 of one node, under one controller. For one thread. */
public final class ControlGroup implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path folder;

  private ControlGroup(Path folder) {
    this.folder = folder;
  }

  static Path home(String controller) {
    return ROOT.resolve(controller);
  }

  static ControlGroup create(RunLedger ledger, String controller, String name) {
    Path folder = home(controller).resolve(prefix(ledger.run()) + name);
    ledger.record(RunLedger.Kind.CONTROL_GROUP, folder.toString());
    try {
      Files.createDirectories(folder);
      return new ControlGroup(folder);
    } catch (IOException e) {
      throw new ClusterFailure("cannot make the control group " + folder, e);
    }
  }

  private static String prefix(String run) {
    return "cairn-chaos-" + run + "-";
  }

  /** True if it is, or would be, one of this run. */
  static boolean isOf(Path folder, String run) {
    Path name = folder.getFileName();
    Path controller = folder.getParent();
    return name != null
        && name.toString().startsWith(prefix(run))
        && controller != null
        && ROOT.equals(controller.getParent());
  }

  /** Writes one of its files, such as {@code pids.max}. */
  public void set(String file, String value) {
    try {
      Files.writeString(folder.resolve(file), value);
    } catch (IOException e) {
      throw new ClusterFailure("cannot write " + value + " to " + folder.resolve(file), e);
    }
  }

  /** The number behind {@code name} in one of its files; the first number for an empty name. */
  public long number(String file, String name) {
    try {
      for (String line : Files.readAllLines(folder.resolve(file))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.substring(name.length()).strip());
        }
      }
      return 0;
    } catch (IOException e) {
      throw new ClusterFailure("cannot read " + folder.resolve(file), e);
    }
  }

  /** Takes a process in, with all of its threads. */
  public void add(long pid) {
    set("cgroup.procs", Long.toString(pid));
  }

  /** Puts its processes where they came from, and removes it. */
  @Override
  public void close() {
    remove(folder);
  }

  static void remove(Path folder) {
    try {
      Path parent = folder.getParent();
      if (!Files.isDirectory(folder) || parent == null) {
        return;
      }
      for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
        release(parent, pid);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new ClusterFailure("cannot remove the control group " + folder, e);
    }
  }

  private static void release(Path parent, String pid) throws IOException {
    try {
      Files.writeString(parent.resolve("cgroup.procs"), pid);
    } catch (IOException e) {
      if (ProcessStamp.of(Long.parseLong(pid)).isPresent()) {
        throw e;
      }
    }
  }
}
