package io.cairn.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * SHA-256 of the table and blob files of one database, kept between snapshots: they never change
 * once written, and RocksDB gives no number twice. Must not outlive the database: another one gives
 * the same numbers to other files. Thread-safe. Bounded by the files of the last snapshot.
 */
final class FileHashes {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Map<Key, byte[]> known = new LinkedHashMap<>();

  private record Key(String name, long length) {}

  /** The file's hash, computed if it is not known or the file can change. */
  byte[] hash(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (!immutable(name)) {
      return compute(file);
    }
    Key key = new Key(name, Files.size(file));
    synchronized (this) {
      byte[] hash = known.get(key);
      if (hash != null) {
        return hash;
      }
    }
    byte[] hash = compute(file);
    synchronized (this) {
      known.put(key, hash);
    }
    return hash;
  }

  /** Forgets all files but these. */
  synchronized void keepOnly(Set<String> names) {
    known.keySet().removeIf(key -> !names.contains(key.name()));
  }

  synchronized int size() {
    return known.size();
  }

  static boolean immutable(String name) {
    return name.endsWith(".sst") || name.endsWith(".blob");
  }

  static byte[] compute(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return digest.digest();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
