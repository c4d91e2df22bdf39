package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ClusterFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Ways of damaging a file of a server that does not run. */
enum Damage {
  BIT_FLIP("#9ccc65"),
  TRUNCATION("#7cb342"),
  ZERO_PAGE("#558b2f"),
  DELETED_FILE("#33691e");

  private static final int PAGE_BYTES = 4_096;
  private static final int LOOK_BYTES = 64 * 1024;

  private final String colour;

  Damage(String colour) {
    this.colour = colour;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String colour() {
    return colour;
  }

  /**
   * Damages one file of this part, or of another one if this has none, and tells what was done;
   * nothing if there is no file with content.
   */
  Optional<Map<String, Object>> inflict(Path dataFolder, StoredPart part, RandomGenerator random) {
    List<Path> files = filesOf(dataFolder, part);
    for (StoredPart other : StoredPart.values()) {
      files = files.isEmpty() ? filesOf(dataFolder, other) : files;
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    Path file = files.get(random.nextInt(files.size()));
    Map<String, Object> done = new LinkedHashMap<>();
    done.put("file", dataFolder.relativize(file).toString());
    try {
      if (this == DELETED_FILE) {
        done.put("bytes", Files.size(file));
        Files.delete(file);
      } else {
        change(file, random, done);
      }
    } catch (IOException e) {
      throw new ClusterFailure("cannot damage " + file, e);
    }
    return Optional.of(done);
  }

  private void change(Path file, RandomGenerator random, Map<String, Object> done)
      throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      long end = contentEnd(content);
      long at = random.nextLong(end);
      switch (this) {
        case BIT_FLIP -> {
          int bit = random.nextInt(8);
          content.seek(at);
          int before = content.read();
          content.seek(at);
          content.write(before ^ 1 << bit);
          done.put("offset", at);
          done.put("bit", (long) bit);
        }
        case TRUNCATION -> {
          long left = end - 1 - random.nextLong((end + 1) / 2);
          content.setLength(left);
          done.put("from", end);
          done.put("to", left);
        }
        default -> {
          long page = at / PAGE_BYTES * PAGE_BYTES;
          int length = (int) Math.min(PAGE_BYTES, end - page);
          content.seek(page);
          content.write(new byte[length]);
          done.put("offset", page);
          done.put("bytes", (long) length);
        }
      }
    }
  }

  /** Files with content, in an order that does not depend on the file system. */
  private static List<Path> filesOf(Path dataFolder, StoredPart part) {
    try (Stream<Path> all = Files.walk(dataFolder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> holds(file, part))
          .filter(Damage::hasContent)
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new ClusterFailure("cannot list " + dataFolder, e);
    }
  }

  private static boolean holds(Path file, StoredPart part) {
    String name = file.getFileName().toString();
    // RocksDB's own journal of what it does is read by nobody.
    return file.toString().contains(part.mark())
        && !name.startsWith("LOG")
        && !name.startsWith("OPTIONS")
        && !name.equals("LOCK")
        && !name.equals("IDENTITY");
  }

  private static boolean hasContent(Path file) {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      return contentEnd(content) > 0;
    } catch (IOException e) {
      throw new ClusterFailure("cannot read " + file, e);
    }
  }

  /** Where the content ends: files are made larger than what is in them, with zeros behind. */
  static long contentEnd(RandomAccessFile file) throws IOException {
    byte[] part = new byte[LOOK_BYTES];
    for (long end = file.length(); end > 0; end -= Math.min(end, LOOK_BYTES)) {
      int length = (int) Math.min(end, LOOK_BYTES);
      file.seek(end - length);
      file.readFully(part, 0, length);
      for (int i = length - 1; i >= 0; i--) {
        if (part[i] != 0) {
          return end - length + i + 1;
        }
      }
    }
    return 0;
  }
}
