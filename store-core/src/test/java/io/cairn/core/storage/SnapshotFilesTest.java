package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.core.storage.v1.SnapshotFile;
import io.cairn.core.storage.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saving, verifying and restoring; each kind of damage is named. */
class SnapshotFilesTest {
  private static final long SEED = TestSeed.of(SnapshotFilesTest.class, 11);
  private static final int ENTRIES = 150;

  @TempDir static Path template;
  @TempDir Path folder;
  private static SnapshotManifest manifest = SnapshotManifest.getDefaultInstance();
  private Path snapshot = Path.of("");

  @BeforeAll
  static void saveASnapshot() throws IOException {
    try (RocksStorage storage = open(template.resolve("origin"))) {
      write(storage, 1, ENTRIES);
      manifest = SnapshotFiles.save(storage, template.resolve("snapshot"));
    }
  }

  @BeforeEach
  void copyIt() throws IOException {
    snapshot = folder.resolve("snapshot");
    try (Stream<Path> files = Files.walk(template)) {
      for (Path file : files.skip(1).toList()) {
        Files.copy(file, folder.resolve(template.relativize(file)));
      }
    }
  }

  @Test
  void snapshotIsTheStateWhenItWasPreparedNotWhenItWasFinished() throws IOException {
    Path late = folder.resolve("late");
    try (RocksStorage storage = open("origin")) {
      PreparedSnapshot prepared = SnapshotFiles.prepare(storage, late);
      write(storage, ENTRIES + 1, ENTRIES + 200);
      storage.flush();
      SnapshotManifest saved = prepared.finish();
      assertThat(saved.getIndex()).isEqualTo(ENTRIES).isEqualTo(prepared.index());
      assertThat(saved.getTerm()).isEqualTo(1).isEqualTo(prepared.term());
      assertThat(SnapshotFiles.verify(late)).isEqualTo(saved);
      assertThat(SnapshotFiles.restore(storage, late)).isEqualTo(saved);
      assertIsAt(storage, ENTRIES);
    }
  }

  @Test
  void restoreReplacesAnotherStateAndOutlivesReopening() throws IOException {
    try (RocksStorage storage = open("other")) {
      Batch batch = storage.newBatch();
      batch.put(ColumnFamily.MEMBER, new byte[] {1}, new byte[] {2});
      storage.commit(batch, 4, 1);
      Batch open = storage.newBatch();
      SnapshotFiles.restore(storage, snapshot);
      assertThatThrownBy(() -> storage.commit(open, ENTRIES + 1, 1))
          .isInstanceOf(IllegalStateException.class);
      assertIsAt(storage, ENTRIES);
      write(storage, ENTRIES + 1, ENTRIES + 50);
      assertIsAt(storage, ENTRIES + 50);
    }
    try (RocksStorage storage = open("other")) {
      assertIsAt(storage, ENTRIES + 50);
      SnapshotFiles.verify(snapshot); // what was linked has not been written
      SnapshotFiles.restore(storage, snapshot);
      assertIsAt(storage, ENTRIES);
    }
    assertThat(databases("other")).hasSize(1);
  }

  @Test
  void snapshotOfAnEmptyStorageCanBeRestored() throws IOException {
    Path empty = folder.resolve("empty-snapshot");
    try (RocksStorage storage = open("empty")) {
      assertThat(SnapshotFiles.save(storage, empty).getIndex()).isZero();
    }
    try (RocksStorage storage = open("origin")) {
      SnapshotFiles.restore(storage, empty);
      assertIsAt(storage, 0);
    }
  }

  @Test
  void filesAreAllThatMustBeCopied() throws IOException {
    Path copy = folder.resolve("copy");
    for (String name : SnapshotFiles.files(manifest)) {
      Path to = copy.resolve(name);
      Files.createDirectories(to.getParent());
      Files.copy(snapshot.resolve(name), to);
    }
    Files.writeString(copy.resolve("__raft_snapshot_meta"), "the caller's own");
    try (RocksStorage storage = open("other")) {
      SnapshotFiles.restore(storage, copy);
      assertIsAt(storage, ENTRIES);
    }
  }

  @Test
  void missingFileIsNamed() throws IOException {
    for (SnapshotFile file : List.copyOf(manifest.getFilesList())) {
      Path path = snapshot.resolve(file.getName());
      byte[] content = Files.readAllBytes(path);
      Files.delete(path);
      assertDamage(file.getName(), "missing", "regular file");
      Files.write(path, content);
    }
    SnapshotFiles.verify(snapshot);
  }

  @Test
  void truncatedFileIsNamedWithBothLengths() throws IOException {
    for (SnapshotFile file : manifest.getFilesList()) {
      Path path = snapshot.resolve(file.getName());
      byte[] content = Files.readAllBytes(path);
      if (content.length > 0) {
        Files.write(path, Arrays.copyOf(content, content.length - 1));
        assertDamage(file.getName(), (content.length - 1) + "", Long.toString(file.getLength()));
        Files.write(path, content);
      }
    }
  }

  @Test
  void flippedBitIsNamedWithBothHashes() throws IOException {
    for (SnapshotFile file : manifest.getFilesList()) {
      Path path = snapshot.resolve(file.getName());
      byte[] content = Files.readAllBytes(path);
      if (content.length > 0) {
        byte[] damaged = content.clone();
        damaged[content.length / 2] ^= 4;
        Files.write(path, damaged);
        assertDamage(
            file.getName(),
            Applied.hex(FileHashes.compute(path)),
            Applied.hex(file.getSha256().toByteArray()));
        Files.write(path, content);
      }
    }
  }

  @Test
  void fileThatWasNotSavedIsNamed() throws IOException {
    Files.writeString(snapshot.resolve("db/000999.sst"), "x");
    assertDamage("db/000999.sst", "found", "not in the manifest");
  }

  @Test
  void everyFlippedBitOfTheManifestIsFound() throws IOException {
    Path path = snapshot.resolve(SnapshotFiles.MANIFEST);
    byte[] content = Files.readAllBytes(path);
    for (int i = 0; i < content.length; i += 7) {
      byte[] damaged = content.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      Files.write(path, damaged);
      assertThatThrownBy(() -> SnapshotFiles.verify(snapshot))
          .isInstanceOfSatisfying(
              CorruptSnapshotException.class, e -> assertThat(e.file()).isEqualTo("manifest"));
    }
    Files.write(path, Arrays.copyOf(content, 10));
    assertDamage("manifest", "10", "32 to 16777216");
    Files.delete(path);
    assertDamage("manifest", "missing", "regular file");
  }

  @Test
  void manifestCannotNameAFileOutsideTheSnapshot() throws IOException {
    for (String name : List.of("db/../../secret", "/etc/passwd", "db/a/b", "db/", "db/..", "x")) {
      rewrite(manifest.toBuilder().setFiles(0, manifest.getFiles(0).toBuilder().setName(name)));
      assertThatThrownBy(() -> SnapshotFiles.verify(snapshot))
          .isInstanceOf(CorruptSnapshotException.class)
          .hasMessageContaining(name);
    }
    rewrite(manifest.toBuilder().addFiles(manifest.getFiles(0)));
    assertDamage(manifest.getFiles(0).getName(), "two", "one");
  }

  @Test
  void newerFormatIsRefusedWithBothVersions() throws IOException {
    rewrite(manifest.toBuilder().setFormat(9));
    assertThatThrownBy(() -> SnapshotFiles.verify(snapshot))
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining("format 9")
        .hasMessageContaining("up to 6");
  }

  @Test
  void theFormatBeforeTheFirstReleaseIsRefused() throws IOException {
    rewrite(manifest.toBuilder().setFormat(3));
    assertThatThrownBy(() -> SnapshotFiles.verify(snapshot))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("format 3")
        .hasMessageContaining("reads 6 only");
  }

  @Test
  void databaseThatIsNotTheManifestsIsRefusedAndTheOldOneStays() throws IOException {
    rewrite(manifest.toBuilder().setIndex(manifest.getIndex() + 1));
    try (RocksStorage storage = open("origin")) {
      assertThatThrownBy(() -> SnapshotFiles.restore(storage, snapshot))
          .isInstanceOf(CorruptSnapshotException.class)
          .hasMessageContaining("index " + ENTRIES)
          .hasMessageContaining("index " + (ENTRIES + 1));
      assertIsAt(storage, ENTRIES);
      write(storage, ENTRIES + 1, ENTRIES + 5);
    }
    assertThat(databases("origin")).hasSize(1);
  }

  @Test
  void interruptedRestoreLeavesTheOldStateAndIsCleanedAtTheNextOpen() throws IOException {
    Path rest = folder.resolve("origin/db-2");
    Files.createDirectory(rest);
    Files.copy(snapshot.resolve("db/CURRENT"), rest.resolve("CURRENT"));
    try (RocksStorage storage = open("origin")) {
      assertThat(rest).doesNotExist();
      assertIsAt(storage, ENTRIES);
    }
  }

  @Test
  void folderThatHoldsASnapshotIsNotWrittenInto() {
    try (RocksStorage storage = open("origin")) {
      assertThatThrownBy(() -> SnapshotFiles.prepare(storage, snapshot))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("holds a snapshot already");
    }
  }

  @Test
  void hashesOfUnchangedFilesAreKeptBetweenSnapshotsAndNoOthers() throws IOException {
    try (RocksStorage storage = open("origin")) {
      for (int i = 0; i < 5; i++) {
        write(storage, ENTRIES + 1 + i * 10, ENTRIES + 10 + i * 10);
        Path target = folder.resolve("s" + i);
        SnapshotManifest saved = SnapshotFiles.save(storage, target);
        assertThat(SnapshotFiles.verify(target)).isEqualTo(saved);
        long immutable =
            saved.getFilesList().stream().filter(f -> FileHashes.immutable(f.getName())).count();
        assertThat(storage.fileHashes().size()).isEqualTo((int) immutable);
      }
    }
  }

  private void assertDamage(String file, String actual, String expected) {
    assertThatThrownBy(() -> SnapshotFiles.verify(snapshot))
        .isInstanceOfSatisfying(
            CorruptSnapshotException.class,
            e -> {
              assertThat(e.file()).isEqualTo(file);
              assertThat(e.actual()).isEqualTo(actual);
              assertThat(e.expected()).isEqualTo(expected);
              assertThat(e).hasMessageContainingAll(file, actual, expected);
            });
  }

  private void rewrite(SnapshotManifest.Builder changed) throws IOException {
    ManifestFile.write(snapshot.resolve(SnapshotFiles.MANIFEST), changed.build());
  }

  private List<Path> databases(String name) throws IOException {
    return DurableFiles.list(folder.resolve(name)).stream().filter(Files::isDirectory).toList();
  }

  private static void write(RocksStorage storage, int first, int last) {
    for (int i = first; i <= last; i++) {
      Batch batch = storage.newBatch();
      RowModel.entry(SEED, i, RowModel.sink(batch));
      storage.commit(batch, i, 1);
    }
  }

  private static void assertIsAt(RocksStorage storage, int index) {
    RowModel model = new RowModel();
    for (int i = 1; i <= index; i++) {
      RowModel.entry(SEED, i, model.sink());
    }
    try (View view = storage.view()) {
      assertThat(storage.appliedIndex()).isEqualTo(index).isEqualTo(view.appliedIndex());
      assertThat(storage.digest()).isEqualTo(model.digest().toBytes());
      model.assertEquals(view);
    }
  }

  private RocksStorage open(String name) {
    return open(folder.resolve(name));
  }

  private static RocksStorage open(Path where) {
    return RocksStorage.open(
        where,
        RocksSettings.small(),
        (what, cause) -> {
          throw new AssertionError(what, cause);
        });
  }
}
