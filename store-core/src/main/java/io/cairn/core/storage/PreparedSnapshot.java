package io.cairn.core.storage;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.v1.SnapshotFile;
import io.cairn.core.storage.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A snapshot whose files are there, and whose manifest is still to be written. */
public final class PreparedSnapshot {
  private final Path target;
  private final Applied applied;
  private final FileHashes hashes;

  PreparedSnapshot(Path target, Applied applied, FileHashes hashes) {
    this.target = target;
    this.applied = applied;
    this.hashes = hashes;
  }

  /** Index of the last entry whose effects are in it. */
  public long index() {
    return applied.index();
  }

  /** Term of that entry. */
  public long term() {
    return applied.term();
  }

  /**
   * Reads all files, writes the manifest and brings everything to disk. Any thread; also after the
   * storage is closed. Until it returns there is no snapshot.
   */
  public SnapshotManifest finish() throws IOException {
    SnapshotManifest.Builder manifest =
        SnapshotManifest.newBuilder()
            .setFormat(Applied.FORMAT)
            .setIndex(applied.index())
            .setTerm(applied.term())
            .setStateDigest(ByteString.copyFrom(applied.digest()));
    Path database = target.resolve(SnapshotFiles.DATABASE);
    Set<String> names = new HashSet<>();
    for (Path file : DurableFiles.list(database)) {
      DurableFiles.sync(file);
      names.add(file.getFileName().toString());
      manifest.addFiles(
          SnapshotFile.newBuilder()
              .setName(ManifestFile.nameOf(file))
              .setLength(Files.size(file))
              .setSha256(ByteString.copyFrom(hashes.hash(file))));
    }
    hashes.keepOnly(names);
    DurableFiles.syncFolder(database);
    SnapshotManifest complete = manifest.build();
    ManifestFile.write(target.resolve(SnapshotFiles.MANIFEST), complete);
    return complete;
  }
}
