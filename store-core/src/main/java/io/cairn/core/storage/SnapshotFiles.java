package io.cairn.core.storage;

import io.cairn.core.storage.v1.SnapshotFile;
import io.cairn.core.storage.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Snapshots: a folder with a RocksDB checkpoint below {@code db} and, written last, a manifest that
 * names each file with length and SHA-256, the applied index and term, and the state digest.
 * Whoever loads one verifies it first. Files of the same folder that are not below {@code db}
 * belong to the caller.
 */
public final class SnapshotFiles {
  /** Name of the manifest: 32 bytes SHA-256 of the rest, then a SnapshotManifest. */
  public static final String MANIFEST = "manifest";

  /** Name of the folder with the database's files. */
  public static final String DATABASE = "db";

  private SnapshotFiles() {}

  /**
   * Saves the committed state into {@code target}, which must not hold a snapshot. On disk on
   * return. Applying thread; better {@link #prepare} there and {@link PreparedSnapshot#finish}
   * elsewhere, as reading all files takes long.
   */
  public static SnapshotManifest save(RocksStorage storage, Path target) throws IOException {
    return prepare(storage, target).finish();
  }

  /**
   * Pins the committed state: flushes, and links its files into {@code target}/db. The state may go
   * on changing after it. Applying thread, between batches.
   */
  public static PreparedSnapshot prepare(RocksStorage storage, Path target) throws IOException {
    DurableFiles.createFolder(target);
    Path database = target.resolve(DATABASE);
    if (Files.exists(database) || Files.exists(target.resolve(MANIFEST))) {
      throw new StorageException(target + " holds a snapshot already");
    }
    Applied applied = storage.checkpoint(database.toAbsolutePath());
    return new PreparedSnapshot(target, applied, storage.fileHashes());
  }

  /** Names of all files of a snapshot, relative to its folder: what must be copied to send it. */
  public static List<String> files(SnapshotManifest manifest) {
    List<String> names = new ArrayList<>();
    names.add(MANIFEST);
    manifest.getFilesList().forEach(file -> names.add(file.getName()));
    return names;
  }

  /**
   * Checks every file of a snapshot.
   *
   * @throws CorruptSnapshotException if one is missing, was not saved, or has changed
   * @throws NewerFormatException if a newer version has saved it
   */
  public static SnapshotManifest verify(Path source) throws IOException {
    SnapshotManifest manifest = ManifestFile.read(source.resolve(MANIFEST));
    Set<String> names = new HashSet<>();
    for (SnapshotFile file : manifest.getFilesList()) {
      if (!names.add(ManifestFile.checkedName(file))) {
        throw new CorruptSnapshotException(file.getName(), "place in the manifest", "one", "two");
      }
      verifyFile(source, file);
    }
    for (Path found : DurableFiles.list(source.resolve(DATABASE))) {
      String name = ManifestFile.nameOf(found);
      if (!names.contains(name)) {
        throw new CorruptSnapshotException(name, "presence", "not in the manifest", "found");
      }
    }
    return manifest;
  }

  /**
   * Verifies a snapshot and puts it in the place of the storage's database. All of it or, on any
   * exception, nothing; also over a crash. An open batch is dropped; views of the old state stay
   * readable. Applying thread, between batches. The source stays as it is.
   *
   * @throws CorruptSnapshotException if it is damaged; the storage goes on as before
   */
  public static SnapshotManifest restore(RocksStorage storage, Path source) throws IOException {
    SnapshotManifest manifest = verify(source);
    Applied expected =
        new Applied(
            manifest.getIndex(), manifest.getTerm(), manifest.getStateDigest().toByteArray());
    storage.replace(folder -> fill(folder, source, manifest), expected);
    return manifest;
  }

  private static void verifyFile(Path source, SnapshotFile file) throws IOException {
    Path path = source.resolve(file.getName());
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new CorruptSnapshotException(file.getName(), "file", "regular file", "missing");
    }
    long length = Files.size(path);
    if (length != file.getLength()) {
      throw new CorruptSnapshotException(
          file.getName(), "length", Long.toString(file.getLength()), Long.toString(length));
    }
    String expected = Applied.hex(file.getSha256().toByteArray());
    String actual = Applied.hex(FileHashes.compute(path));
    if (!actual.equals(expected)) {
      throw new CorruptSnapshotException(file.getName(), "SHA-256", expected, actual);
    }
  }

  private static void fill(Path folder, Path source, SnapshotManifest manifest) throws IOException {
    for (SnapshotFile file : manifest.getFilesList()) {
      Path from = source.resolve(file.getName());
      Path to = folder.resolve(from.getFileName().toString());
      if (!FileHashes.immutable(file.getName()) || !linked(from, to)) {
        Files.copy(from, to);
      }
      DurableFiles.sync(to);
    }
    DurableFiles.syncFolder(folder);
  }

  /** False if the two are not on one file system, or it has no links. */
  private static boolean linked(Path from, Path to) {
    try {
      Files.createLink(to, from);
      return true;
    } catch (IOException | UnsupportedOperationException copyInstead) {
      return false;
    }
  }
}
