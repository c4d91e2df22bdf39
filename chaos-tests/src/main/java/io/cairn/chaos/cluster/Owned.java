package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Files that nobody but this user can have written. What says what is to be taken away must be one:
 * folders of temporary files are everybody's.
 */
final class Owned {
  private static final Path STATUS = Path.of("/proc/self/status");

  private Owned() {}

  /** A folder for this user alone, made if it is not there. */
  static Path folder(Path folder) {
    try {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new ClusterFailure("cannot make " + folder, e);
    }
    check(folder);
    return folder;
  }

  /**
   * Refuses a file or folder that somebody else may have written.
   *
   * @throws ClusterFailure if it is one, or is not there
   */
  static void check(Path file) {
    problem(file)
        .ifPresent(
            why -> {
              throw new ClusterFailure(file + " is not trusted: " + why, null);
            });
  }

  /** Why somebody else may have written it, if so. */
  static Optional<String> problem(Path file) {
    try {
      if (Files.isSymbolicLink(file)) {
        return Optional.of("it is a link");
      }
      Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      long me = me();
      if (!(owner instanceof Number uid) || uid.longValue() != me) {
        return Optional.of("it belongs to user " + owner + ", not to " + me);
      }
      Set<PosixFilePermission> all = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
      if (all.contains(PosixFilePermission.GROUP_WRITE)
          || all.contains(PosixFilePermission.OTHERS_WRITE)) {
        return Optional.of("others may write to it: " + PosixFilePermissions.toString(all));
      }
      return Optional.empty();
    } catch (NoSuchFileException gone) {
      return Optional.of("it is not there");
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The user as which this process acts. */
  private static long me() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("Uid:")) {
        return Long.parseLong(line.split("\\s+", -1)[2]);
      }
    }
    throw new IOException(STATUS + " tells no user");
  }
}
