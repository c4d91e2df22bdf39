package io.cairn.core.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of the databases in a storage folder is the one: the file ACTIVE names it, so that a
 * restore replaces all of it at once. States of the file:
 *
 * <pre>
 * missing            no database was ever made here; then no db-* folder may be here either
 * "creating db-1"    the first start has not come to its end: db-1 holds nothing yet
 * "db-N"             db-N is the database; every other db-* is a rest of a restore
 * </pre>
 */
final class ActiveFolder {
  private static final String FILE = "ACTIVE";
  private static final String CREATING = "creating ";
  private static final Pattern DATABASE = Pattern.compile("db-([1-9][0-9]{0,8})");

  private final Path root;

  ActiveFolder(Path root) {
    this.root = root;
  }

  /**
   * Where the database is.
   *
   * @param path of its folder
   * @param created true if it holds something already
   */
  record Place(Path path, boolean created) {}

  /** Finds the database; on the first start, notes that one is being made. */
  Place find() throws IOException {
    DurableFiles.createFolder(root);
    Path file = root.resolve(FILE);
    if (!Files.exists(file)) {
      if (!databases().isEmpty()) {
        throw new StorageException(
            "%s is missing, but there is %s: which database is the one is not known"
                .formatted(file, databases()));
      }
      DurableFiles.replace(file, bytes(CREATING + "db-1"));
    }
    String content = Files.readString(file, StandardCharsets.US_ASCII).strip();
    boolean created = !content.startsWith(CREATING);
    String name = created ? content : content.substring(CREATING.length());
    if (!DATABASE.matcher(name).matches()) {
      throw new StorageException(file + " does not name a database folder, such as db-1");
    }
    Path database = root.resolve(name);
    if (created && !Files.isDirectory(database)) {
      throw new StorageException(file + " names " + name + ", which is missing");
    }
    return new Place(database, created);
  }

  /** Makes {@code database} the one. On disk on return. */
  void activate(Path database) throws IOException {
    DurableFiles.syncFolder(root); // the folder itself must not be lost after its name is written
    DurableFiles.replace(root.resolve(FILE), bytes(database.getFileName().toString()));
  }

  /** A folder name never used while the present one is: for a database that is to replace it. */
  Path next(Path present) throws IOException {
    long highest = number(present);
    for (Path database : databases()) {
      highest = Math.max(highest, number(database));
    }
    return root.resolve("db-" + (highest + 1));
  }

  /** Removes what restores have left. Only for the holder of the database's lock. */
  void removeOthers(Path database) throws IOException {
    for (Path other : databases()) {
      if (!other.equals(database)) {
        DurableFiles.deleteFolder(other);
      }
    }
  }

  private List<Path> databases() throws IOException {
    return DurableFiles.list(root).stream()
        .filter(path -> DATABASE.matcher(path.getFileName().toString()).matches())
        .toList();
  }

  private static long number(Path database) {
    Matcher matcher = DATABASE.matcher(database.getFileName().toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(database + " is not a database folder");
    }
    return Long.parseLong(matcher.group(1));
  }

  private static byte[] bytes(String line) {
    return (line + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
