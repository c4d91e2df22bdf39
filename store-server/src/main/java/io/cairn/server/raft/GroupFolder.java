package io.cairn.server.raft;

import io.cairn.server.raft.log.SegmentLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Files of one group on one server: {@code meta} (term and vote), {@code log}, {@code log-index},
 * {@code snapshot}, {@code initial-voters}.
 *
 * <p>I9: a folder is formed once, explicitly, and {@code initial-voters} remembers it: until the
 * log holds a configuration, a restart needs it. Afterwards JRaft reads the configuration from the
 * log. A folder that was never formed starts with an empty configuration and waits to be added. The
 * meta copies are created before the log, so a log without them has lost its vote, and a vote
 * without a log has lost its log: both are refused.
 */
final class GroupFolder {
  private static final String INITIAL_VOTERS = "initial-voters";
  private static final String SNAPSHOT_PREFIX = "snapshot_"; // JRaft's
  private static final Pattern SNAPSHOT_NAME = Pattern.compile(SNAPSHOT_PREFIX + "\\d{1,18}");

  private final Path folder;
  private final MetaStorage metaStorage;
  private final List<RaftPeer> initialVoters;

  private GroupFolder(Path folder, MetaStorage metaStorage, List<RaftPeer> initialVoters) {
    this.folder = folder;
    this.metaStorage = metaStorage;
    this.initialVoters = initialVoters;
  }

  /** Opens the folder, or prepares a new one. */
  static GroupFolder open(RaftGroupConfig config, Halt halt) throws IOException {
    Path folder = config.folder();
    Files.createDirectories(folder);
    boolean hasMeta = MetaCopies.exist(folder.resolve("meta"));
    boolean hasLogFiles = hasFiles(folder.resolve("log"));
    boolean hasSnapshot = hasFiles(folder.resolve("snapshot"));
    if (!hasMeta && (hasLogFiles || hasSnapshot)) {
      throw new IOException(
          "raft folder " + folder + " has a log or a snapshot but lost its term and vote");
    }
    if (!hasMeta) {
      return create(config, halt);
    }
    MetaStorage meta = MetaStorage.open(folder.resolve("meta"), halt);
    if (!SegmentLog.isIn(folder.resolve("log")) && meta.generation() > 1) {
      throw new IOException(
          "raft folder " + folder + " has voted (term " + meta.getTerm() + ") but lost its log");
    }
    return new GroupFolder(folder, meta, readInitialVoters(folder));
  }

  private static GroupFolder create(RaftGroupConfig config, Halt halt) throws IOException {
    Path folder = config.folder();
    Path votersFile = folder.resolve(INITIAL_VOTERS);
    if (config.forming()) {
      DurableFiles.write(
          votersFile,
          String.join("\n", config.initialVoters().stream().map(RaftPeer::toString).toList()));
    } else {
      Files.deleteIfExists(votersFile); // left by a start that was cut short before the meta copies
    }
    Files.createDirectories(folder.resolve("log"));
    Files.createDirectories(folder.resolve("snapshot"));
    MetaStorage meta = MetaStorage.create(folder.resolve("meta"), halt);
    DurableFiles.syncFolder(folder);
    DurableFiles.syncFolder(
        Objects.requireNonNull(folder.toAbsolutePath().getParent(), "a folder in the data folder"));
    return new GroupFolder(folder, meta, config.forming() ? config.initialVoters() : List.of());
  }

  private static List<RaftPeer> readInitialVoters(Path folder) throws IOException {
    Path file = folder.resolve(INITIAL_VOTERS);
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(RaftPeer::parse).toList()
        : List.of();
  }

  private static boolean hasFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .anyMatch(name -> !Set.of("temp").contains(name));
    }
  }

  Path log() {
    return folder.resolve("log");
  }

  /** What can be made anew from the log. */
  Path logIndex() {
    return logIndexOf(folder);
  }

  static Path logIndexOf(Path raftFolder) {
    return raftFolder.resolve("log-index");
  }

  Path meta() {
    return folder.resolve("meta");
  }

  Path snapshot() {
    return folder.resolve("snapshot");
  }

  /** Index of the newest snapshot, 0 when there is none. */
  long snapshotIndex() throws IOException {
    try (Stream<Path> files = Files.list(snapshot())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> SNAPSHOT_NAME.matcher(name).matches())
          .mapToLong(name -> Long.parseLong(name.substring(SNAPSHOT_PREFIX.length())))
          .max()
          .orElse(0);
    }
  }

  MetaStorage metaStorage() {
    return metaStorage;
  }

  /** The voters this folder was formed with; empty when it was never formed. */
  List<RaftPeer> initialVoters() {
    return initialVoters;
  }
}
