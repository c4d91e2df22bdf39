package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.PeerId;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.LoggedEvents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetaStorageTest {
  private static final PeerId OLD_VOTE = new PeerId("127.0.0.1", 7421);
  private static final PeerId NEW_VOTE = new PeerId("127.0.0.2", 7421, 3);
  private static final List<String> COPIES = List.of(MetaCopies.COPY_A, MetaCopies.COPY_B);

  private final RecordedHalt halt = new RecordedHalt();

  @TempDir Path folder;

  @BeforeEach
  void savedOnce() throws IOException {
    MetaStorage.create(folder, halt).setTermAndVotedFor(7, OLD_VOTE);
  }

  @Test
  void termAndVoteSurviveAReopen() throws IOException {
    MetaStorage storage = MetaStorage.open(folder, halt);
    assertThat(storage.getTerm()).isEqualTo(7);
    assertThat(storage.getVotedFor()).isEqualTo(OLD_VOTE);
    storage.setVotedFor(NEW_VOTE);
    storage.setTerm(8);
    MetaStorage again = MetaStorage.open(folder, halt);
    assertThat(again.getTerm()).isEqualTo(8);
    assertThat(again.getVotedFor()).isEqualTo(NEW_VOTE);
    again.setTermAndVotedFor(9, PeerId.emptyPeer());
    assertThat(MetaStorage.open(folder, halt).getVotedFor().isEmpty()).isTrue();
  }

  @Test
  void newStorageHasTermZeroAndNoVote() throws IOException {
    MetaStorage storage = MetaStorage.create(folder.resolve("new"), halt);
    assertThat(storage.getTerm()).isZero();
    assertThat(storage.getVotedFor().isEmpty()).isTrue();
    assertThat(storage.generation()).isEqualTo(1);
  }

  @Test
  void everySingleBitFlipOfARecordIsSeen() {
    byte[] bytes = new MetaRecord(5, 7, "127.0.0.1:7421").encode().array();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(MetaRecord.decode(ByteBuffer.wrap(bytes))).as("bit %d", bit).isEmpty();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(MetaRecord.decode(ByteBuffer.wrap(bytes)))
        .contains(new MetaRecord(5, 7, "127.0.0.1:7421"));
  }

  @Test
  void flippedBitInOneCopyIsRepairedFromTheOther() throws IOException {
    for (String copy : COPIES) {
      Path file = folder.resolve(copy);
      byte[] good = Files.readAllBytes(file);
      for (int at = 0; at < good.length; at += 7) { // bit by bit: everySingleBitFlipOfARecordIsSeen
        byte[] bad = good.clone();
        bad[at] ^= (byte) (1 << at % 8);
        Files.write(file, bad);
        MetaStorage storage = MetaStorage.open(folder, halt);
        assertThat(storage.getTerm()).as("%s byte %d", copy, at).isEqualTo(7);
        assertThat(storage.getVotedFor()).as("%s byte %d", copy, at).isEqualTo(OLD_VOTE);
        assertThat(Files.readAllBytes(file)).as("%s byte %d", copy, at).isEqualTo(good);
      }
    }
  }

  @Test
  void missingOrCutCopyIsRepaired() throws IOException {
    for (String copy : COPIES) {
      Files.delete(folder.resolve(copy));
      assertThat(MetaStorage.open(folder, halt).getTerm()).isEqualTo(7);
      Files.write(folder.resolve(copy), new byte[100]);
      assertThat(MetaStorage.open(folder, halt).getTerm()).isEqualTo(7);
    }
  }

  @Test
  void damagedCopyIsLoggedAndAnOlderOneIsNot() throws IOException {
    Path file = folder.resolve(MetaCopies.COPY_B);
    byte[] older = Files.readAllBytes(file);
    MetaStorage.open(folder, halt).setTerm(8);
    try (LoggedEvents events = new LoggedEvents()) {
      Files.write(file, older); // as a crash between the two leaves it
      assertThat(MetaStorage.open(folder, halt).getTerm()).isEqualTo(8);
      assertThat(events.of(LogEvent.DAMAGE_FOUND)).isEmpty();
      older[40] ^= 1;
      Files.write(file, older);
      assertThat(MetaStorage.open(folder, halt).getTerm()).isEqualTo(8);
      assertThat(events.of(LogEvent.DAMAGE_FOUND))
          .singleElement()
          .asString()
          .contains("file=\"" + file + "\"", "repairedFrom=\"meta.a\"", "term=\"8\"");
    }
  }

  @Test
  void bothCopiesDamagedIsRefused() throws IOException {
    for (String copy : COPIES) {
      byte[] bytes = Files.readAllBytes(folder.resolve(copy));
      bytes[40] ^= 1;
      Files.write(folder.resolve(copy), bytes);
    }
    assertThatThrownBy(() -> MetaStorage.open(folder, halt))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged")
        .hasMessageContaining(folder.toString());
  }

  @Test
  void copiesOfOneGenerationThatDifferAreRefused() throws IOException {
    long generation = MetaStorage.open(folder, halt).generation();
    Files.write(
        folder.resolve(MetaCopies.COPY_B),
        new MetaRecord(generation, 7, NEW_VOTE.toString()).encode().array());
    assertThatThrownBy(() -> MetaStorage.open(folder, halt)).hasMessageContaining("differ");
  }

  @Test
  void crashAtAnyByteOfASaveKeepsOldOrNewAndNeverLosesAnAcknowledgedVote() throws IOException {
    for (int crashAt = 0; crashAt <= 2 * MetaRecord.LENGTH; crashAt += 16) {
      Path crashed = folder.resolve("crash-" + crashAt);
      MetaStorage.create(crashed, halt).setTermAndVotedFor(7, OLD_VOTE);
      boolean acknowledged = saveWithCrash(crashed, crashAt);
      MetaStorage storage = MetaStorage.open(crashed, halt);
      if (acknowledged || storage.getTerm() == 8) {
        assertThat(storage.getTerm()).as("crash at %d", crashAt).isEqualTo(8);
        assertThat(storage.getVotedFor()).as("crash at %d", crashAt).isEqualTo(NEW_VOTE);
      } else {
        assertThat(storage.getTerm()).as("crash at %d", crashAt).isEqualTo(7);
        assertThat(storage.getVotedFor()).as("crash at %d", crashAt).isEqualTo(OLD_VOTE);
      }
    }
  }

  /**
   * Saves term 8 with the new vote, but only so many bytes reach the disk. Answers whether the save
   * was acknowledged.
   */
  private static boolean saveWithCrash(Path crashed, int crashAt) throws IOException {
    MetaStorage storage =
        MetaStorage.open(new CrashingCopies(crashed, crashAt), new RecordedHalt());
    try {
      return storage.setTermAndVotedFor(8, NEW_VOTE);
    } catch (Halt.Halted e) {
      return false;
    }
  }

  @Test
  void whatIsFoundIsWrittenAgain() throws IOException {
    List<String> written = new ArrayList<>();
    MetaCopies copies =
        new MetaCopies(folder) {
          @Override
          void overwrite(String copy, ByteBuffer bytes) throws IOException {
            written.add(copy);
            super.overwrite(copy, bytes);
          }
        };
    MetaRecord found = copies.load();
    assertThat(written).containsExactly(MetaCopies.COPY_A, MetaCopies.COPY_B);
    assertThat(copies.load()).isEqualTo(found);
  }

  @Test
  void failedSaveHaltsInsideTheCallAndIsNoSuccess() throws IOException {
    MetaStorage storage = MetaStorage.open(new CrashingCopies(folder, 10), halt);
    assertThatThrownBy(() -> storage.setTermAndVotedFor(8, NEW_VOTE))
        .isInstanceOf(Halt.Halted.class);
    assertThat(halt.reasons())
        .singleElement()
        .asString()
        .contains("term 8")
        .contains(NEW_VOTE.toString());
    assertThat(storage.getTerm()).isEqualTo(7);
  }

  /**
   * Copies whose writes stop after a number of bytes, in the middle of a copy or between the two.
   */
  private static final class CrashingCopies extends MetaCopies {
    private final Path crashed;
    private int bytesLeft;

    CrashingCopies(Path crashed, int bytesLeft) {
      super(crashed);
      this.crashed = crashed;
      this.bytesLeft = bytesLeft;
    }

    /** Whole: what it writes again is what is there. */
    @Override
    MetaRecord load() throws IOException {
      int bytesOfSaves = bytesLeft;
      bytesLeft = Integer.MAX_VALUE;
      try {
        return super.load();
      } finally {
        bytesLeft = bytesOfSaves;
      }
    }

    @Override
    void overwrite(String copy, ByteBuffer bytes) throws IOException {
      if (bytesLeft >= bytes.remaining()) {
        bytesLeft -= bytes.remaining();
        super.overwrite(copy, bytes);
        return;
      }
      byte[] torn = Files.readAllBytes(crashed.resolve(copy));
      bytes.get(torn, 0, bytesLeft);
      Files.write(crashed.resolve(copy), torn);
      bytesLeft = 0;
      throw new IOException("injected");
    }
  }
}
