package io.cairn.bench.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that is the bench's alone and goes away with what is in it. */
public final class WorkFolder {
  private WorkFolder() {}

  /**
   * Takes a folder.
   *
   * @param wanted a folder that is empty or absent; without, a temporary one
   * @throws IllegalArgumentException if it is in use
   */
  public static Path claim(Optional<Path> wanted) {
    try {
      if (wanted.isEmpty()) {
        return Files.createTempDirectory("cairn-bench-");
      }
      Path folder = wanted.get().toAbsolutePath();
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new IllegalArgumentException(folder + " is in use: it is not a folder");
      }
      Files.createDirectories(folder);
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException(
              folder + " is in use: it is not empty; give an empty folder");
        }
      }
      return folder;
    } catch (IOException e) {
      throw new BenchFailure("cannot use the folder " + e.getMessage(), e);
    }
  }

  /** Bytes of all files beneath a folder, as far as they are on the disk. */
  public static long bytes(Path folder) {
    AtomicLong bytes = new AtomicLong();
    walk(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) throws IOException {
            return passOver(gone);
          }
        });
    return bytes.get();
  }

  /** Removes a folder. */
  public static void remove(Path folder) {
    walk(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) throws IOException {
            return passOver(gone);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** A server deletes files while we look. */
  private static FileVisitResult passOver(IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }

  private static void walk(Path folder, SimpleFileVisitor<Path> visitor) {
    try {
      Files.walkFileTree(folder, visitor);
    } catch (IOException | UncheckedIOException e) {
      throw new BenchFailure("cannot go through " + folder + ": " + e.getMessage(), e);
    }
  }
}
