package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder that a run made, with a file in it that says which run. A path alone does not: it may
 * have been taken by a later run, or by somebody's own files.
 */
final class MarkedFolder {
  /** All that a run makes beside its results lies in folders of these names. */
  static final Set<String> NAMES = Set.of("nodes", "shims");

  private static final String MARK = ".cairn-chaos-run";

  private MarkedFolder() {}

  /** Makes it, or marks the one that is there. */
  static Path make(Path folder, String run) {
    Folders.make(folder);
    try {
      Files.writeString(folder.resolve(MARK), run + "\n");
    } catch (IOException e) {
      throw new ClusterFailure("cannot mark " + folder, e);
    }
    return folder;
  }

  /** True if this run, of this user, made it. */
  static boolean isOf(Path folder, String run) {
    Path mark = folder.resolve(MARK);
    try {
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && Owned.problem(mark).isEmpty()
          && Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
          && Files.readString(mark, StandardCharsets.UTF_8).equals(run + "\n");
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** True if a folder above this place is one that this run made. */
  static boolean holds(Path place, String run) {
    for (Path at = place.getParent(); at != null; at = at.getParent()) {
      Path name = at.getFileName();
      if (name != null && NAMES.contains(name.toString()) && isOf(at, run)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Removes it with all in it, the mark last, if this run made it. Of another one only folders go
   * that have no file in them: those of a run that ended before it made its mark, or whose mark
   * somebody removed.
   */
  static boolean delete(Path folder, String run) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      if (isOf(folder, run)) {
        Folders.deleteAllBut(folder, folder.resolve(MARK));
        Files.deleteIfExists(folder.resolve(MARK));
        Files.deleteIfExists(folder);
        return true;
      }
      return isEmpty(folder) && deleteEmpty(folder);
    } catch (IOException e) {
      throw new ClusterFailure("cannot remove " + folder, e);
    }
  }

  private static boolean deleteEmpty(Path folder) {
    Folders.delete(folder);
    return true;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    boolean[] empty = {true};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            empty[0] = false;
            return FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return empty[0];
  }
}
