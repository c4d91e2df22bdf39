package io.cairn.server.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The file {@code FORMAT} of a data folder: which format it has and whom it belongs to.
 *
 * <p>It is written once, before anything else; a folder of a newer format, of another cluster or of
 * another node is refused.
 */
public record FolderFormat(int version, String clusterId, String node) {
  /** Newest format this server reads and writes. */
  public static final int CURRENT_VERSION = 2;

  /** Oldest format this server reads: before it the log was kept in RocksDB. */
  static final int OLDEST_VERSION = 2;

  private static final String FILE = "FORMAT";
  private static final long FILE_LENGTH_MAX = 4_096;

  public FolderFormat {
    if (clusterId.isBlank() || clusterId.contains("\n") || node.isBlank() || node.contains("\n")) {
      throw new IllegalArgumentException(
          "cluster id and node must be one line each: '" + clusterId + "', '" + node + "'");
    }
  }

  /**
   * Checks that the folder belongs to this node of this cluster; a new folder is marked so.
   *
   * @return the folder's format
   * @throws IOException when it belongs to somebody else, is of a newer format, or holds files but
   *     no format
   */
  public static FolderFormat claim(Path folder, String clusterId, String node) throws IOException {
    FolderFormat wanted = new FolderFormat(CURRENT_VERSION, clusterId, node);
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      refuseForeignFiles(folder);
      Files.createDirectories(folder);
      DurableFiles.write(file, wanted.text());
      return wanted;
    }
    FolderFormat found = parse(file);
    if (found.version > CURRENT_VERSION) {
      throw new IOException(
          "data folder "
              + folder
              + " has format "
              + found.version
              + ", this server knows up to "
              + CURRENT_VERSION);
    }
    if (found.version < OLDEST_VERSION) {
      throw new IOException(
          "data folder "
              + folder
              + " has format "
              + found.version
              + " of an earlier version, this server knows "
              + OLDEST_VERSION
              + " to "
              + CURRENT_VERSION
              + ": start the version that wrote it, or remove this member from the cluster and add"
              + " it again with an empty folder");
    }
    refuseOther(folder, "cluster", found.clusterId, clusterId);
    refuseOther(folder, "node", found.node, node);
    return found;
  }

  private static void refuseOther(Path folder, String what, String found, String expected)
      throws IOException {
    if (!found.equals(expected)) {
      throw new IOException(
          "data folder "
              + folder
              + " belongs to "
              + what
              + " '"
              + found
              + "', this server is "
              + what
              + " '"
              + expected
              + "'");
    }
  }

  private static void refuseForeignFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.list(folder)) {
      List<String> names =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !isOurs(name))
              .sorted()
              .limit(3)
              .toList();
      if (!names.isEmpty()) {
        throw new IOException(
            "data folder " + folder + " has no " + FILE + " file but holds " + names);
      }
    }
  }

  // What a start that was cut short may leave, and what a fresh file system holds.
  private static boolean isOurs(String name) {
    return name.equals("LOCK") || name.equals(FILE + ".new") || name.equals("lost+found");
  }

  private String text() {
    return "version=" + version + "\ncluster=" + clusterId + "\nnode=" + node + "\n";
  }

  private static FolderFormat parse(Path file) throws IOException {
    if (Files.size(file) > FILE_LENGTH_MAX) {
      throw new IOException("format file " + file + " is damaged: " + Files.size(file) + " bytes");
    }
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String version = values.getOrDefault("version", "");
    String clusterId = values.getOrDefault("cluster", "");
    String node = values.getOrDefault("node", "");
    if (!version.matches("[1-9]\\d{0,8}") || clusterId.isBlank() || node.isBlank()) {
      throw new IOException(
          "format file " + file + " is damaged: it needs version, cluster and node");
    }
    return new FolderFormat(Integer.parseInt(version), clusterId, node);
  }
}
