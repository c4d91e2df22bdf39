package io.cairn.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {
  private static final int CONTENT_BYTES = 10_000;

  @TempDir Path folder = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void makeFiles() throws IOException {
    Path raft = Files.createDirectories(folder.resolve("group-1/raft/log"));
    log = raft.resolve("0000000001.segment");
    byte[] bytes = new byte[CONTENT_BYTES * 5]; // zeros behind, as in a file that is made large
    Arrays.fill(bytes, 0, CONTENT_BYTES, (byte) 7);
    Files.write(log, bytes);
    Files.createFile(raft.resolve("0000000002.segment"));
    Files.writeString(raft.resolve("LOG"), "nobody reads this");
  }

  @Test
  void contentEndsBeforeTheZeros() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      assertThat(Damage.contentEnd(file)).isEqualTo(CONTENT_BYTES);
    }
  }

  @Test
  void eachDamageChangesContentAndSaysWhere() throws IOException {
    byte[] before = Files.readAllBytes(log);
    for (Damage damage : Damage.values()) {
      for (int seed = 0; seed < 20; seed++) {
        Files.write(log, before);
        Map<String, Object> done =
            damage.inflict(folder, StoredPart.LOG, new Random(seed)).orElseThrow();
        assertThat(done).containsEntry("file", "group-1/raft/log/0000000001.segment");
        if (damage == Damage.DELETED_FILE) {
          assertThat(log).doesNotExist();
        } else {
          byte[] content = Arrays.copyOf(Files.readAllBytes(log), CONTENT_BYTES);
          assertThat(content).isNotEqualTo(Arrays.copyOf(before, CONTENT_BYTES));
        }
      }
    }
  }

  @Test
  void partWithoutFilesGivesWayToAnother() {
    assertThat(Damage.BIT_FLIP.inflict(folder, StoredPart.SNAPSHOT, new Random(1))).isPresent();
  }

  @Test
  void nothingToDamageIsSaid() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(Damage.BIT_FLIP.inflict(empty, StoredPart.LOG, new Random(1))).isEmpty();
  }
}
