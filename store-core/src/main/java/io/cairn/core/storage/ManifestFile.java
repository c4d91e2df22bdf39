package io.cairn.core.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.storage.v1.SnapshotFile;
import io.cairn.core.storage.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The manifest on disk: SHA-256 (32 bytes) of what follows, then a {@link SnapshotManifest}. */
final class ManifestFile {
  /** A file a database consists of takes some 60 bytes: enough for 250,000. */
  static final int BYTES_MAX = 16 * 1024 * 1024;

  private static final int HASH_BYTES = 32;

  /** One folder, one plain name: nothing outside it can be named. */
  private static final Pattern NAME =
      Pattern.compile(SnapshotFiles.DATABASE + "/[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private ManifestFile() {}

  /** Name of a database's file in the manifest. */
  static String nameOf(Path file) {
    return SnapshotFiles.DATABASE + "/" + file.getFileName();
  }

  /** The name of a listed file, if it is one that can be. */
  static String checkedName(SnapshotFile file) {
    if (!NAME.matcher(file.getName()).matches()) {
      throw new CorruptSnapshotException(
          SnapshotFiles.MANIFEST, "a file's name", NAME.pattern(), file.getName());
    }
    return file.getName();
  }

  /** Writes it whole or not at all, on disk on return. */
  static void write(Path path, SnapshotManifest manifest) throws IOException {
    byte[] content = manifest.toByteArray();
    if (content.length > BYTES_MAX - HASH_BYTES) {
      throw new StorageException(
          "manifest has %d bytes, at most %d".formatted(content.length, BYTES_MAX - HASH_BYTES));
    }
    byte[] hash = FileHashes.sha256().digest(content);
    byte[] file = Arrays.copyOf(hash, HASH_BYTES + content.length);
    System.arraycopy(content, 0, file, HASH_BYTES, content.length);
    DurableFiles.replace(path, file);
  }

  /** Reads and checks it; not the files it names. */
  static SnapshotManifest read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new CorruptSnapshotException(SnapshotFiles.MANIFEST, "file", "regular file", "missing");
    }
    long length = Files.size(path);
    if (length < HASH_BYTES || length > BYTES_MAX) {
      throw new CorruptSnapshotException(
          SnapshotFiles.MANIFEST, "length", HASH_BYTES + " to " + BYTES_MAX, Long.toString(length));
    }
    byte[] file = Files.readAllBytes(path);
    MessageDigest digest = FileHashes.sha256();
    digest.update(file, HASH_BYTES, file.length - HASH_BYTES);
    String expected = Applied.hex(Arrays.copyOf(file, HASH_BYTES));
    String actual = Applied.hex(digest.digest());
    if (!actual.equals(expected)) {
      throw new CorruptSnapshotException(SnapshotFiles.MANIFEST, "SHA-256", expected, actual);
    }
    SnapshotManifest manifest = parse(file);
    Applied.checkFormat(manifest.getFormat(), path);
    if (manifest.getStateDigest().size() != StateDigest.BYTES) {
      throw new CorruptSnapshotException(
          SnapshotFiles.MANIFEST,
          "length of the state digest",
          Integer.toString(StateDigest.BYTES),
          Integer.toString(manifest.getStateDigest().size()));
    }
    return manifest;
  }

  private static SnapshotManifest parse(byte[] file) {
    try {
      return SnapshotManifest.parseFrom(
          ByteString.copyFrom(file, HASH_BYTES, file.length - HASH_BYTES));
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptSnapshotException(
          SnapshotFiles.MANIFEST, "content", "a manifest", String.valueOf(e.getMessage()));
    }
  }
}
