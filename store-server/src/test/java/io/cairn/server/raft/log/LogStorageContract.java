package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.storage.LogStorage;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JRaft asks of a log, whoever keeps it. */
abstract class LogStorageContract {
  private static final int MIB = 1 << 20;

  @TempDir Path folder = Path.of("");
  private @Nullable LogStorage opened;
  private ConfigurationManager configurations = new ConfigurationManager();

  /** A storage in this folder, not yet opened. */
  abstract LogStorage storage(Path in);

  @BeforeEach
  void open() throws Exception {
    configurations = new ConfigurationManager();
    opened = storage(Files.createDirectories(folder.resolve("log")));
    assertThat(opened.init(Entries.options(configurations))).isTrue();
  }

  @AfterEach
  void close() {
    log().shutdown();
  }

  final LogStorage log() {
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }

  final void reopen() throws Exception {
    close();
    open();
  }

  final void append(long first, long last, int bytes) {
    List<LogEntry> batch = new ArrayList<>();
    for (long index = first; index <= last; index++) {
      batch.add(Entries.of(index, 1, bytes, 0));
    }
    assertThat(log().appendEntries(batch)).isEqualTo(batch.size());
  }

  final void assertHolds(long first, long last, int bytes) {
    assertThat(log().getFirstLogIndex()).isEqualTo(first);
    assertThat(log().getLastLogIndex()).isEqualTo(last);
    for (long index = first; index <= last; index++) {
      assertSame(log().getEntry(index), Entries.of(index, 1, bytes, 0));
    }
    // Of what comes before the first JRaft never asks, unless it was there a moment ago.
    assertThat(log().getEntry(0)).isNull();
    assertThat(log().getEntry(last + 1)).isNull();
  }

  private static void assertSame(@Nullable LogEntry found, LogEntry expected) {
    assertThat(found).isEqualTo(expected);
    assertThat(found).isNotNull();
    assertThat(found.hasChecksum()).isEqualTo(expected.hasChecksum());
    assertThat(found.getChecksum()).isEqualTo(expected.getChecksum());
    assertThat(found.isCorrupted()).isFalse();
  }

  @Test
  void newLogIsEmptyAndBeginsAtOne() {
    assertThat(log().getFirstLogIndex()).isEqualTo(1);
    assertThat(log().getLastLogIndex()).isZero();
    assertThat(log().getEntry(0)).isNull();
    assertThat(log().getEntry(1)).isNull();
  }

  @Test
  void appendedEntriesAreReadBackAndSurviveAReopen() throws Exception {
    append(1, 3, 100);
    append(4, 4, 7);
    assertThat(log().appendEntry(Entries.of(5, 2, 100, 0))).isTrue();
    assertSame(log().getEntry(2), Entries.of(2, 1, 100, 0));
    assertSame(log().getEntry(4), Entries.of(4, 1, 7, 0));
    reopen();
    assertThat(log().getLastLogIndex()).isEqualTo(5);
    assertSame(log().getEntry(1), Entries.of(1, 1, 100, 0));
    assertSame(log().getEntry(5), Entries.of(5, 2, 100, 0));
    append(6, 6, 100);
    assertSame(log().getEntry(6), Entries.of(6, 1, 100, 0));
  }

  @Test
  @SuppressWarnings("deprecation") // it is part of the interface
  void termOfAnEntryIsKnownAndOfNoneIsZero() {
    log().appendEntries(List.of(Entries.of(1, 3, 10, 0), Entries.of(2, 7, 10, 0)));
    assertThat(log().getTerm(1)).isEqualTo(3);
    assertThat(log().getTerm(2)).isEqualTo(7);
    assertThat(log().getTerm(3)).isZero();
    assertThat(log().getTerm(0)).isZero();
  }

  @Test
  void appendOfNothingIsNothing() {
    assertThat(log().appendEntries(List.of())).isZero();
    assertThat(log().getLastLogIndex()).isZero();
  }

  @Test
  void entriesWithoutDataAndWithoutChecksumComeBackAsTheyWere() throws Exception {
    LogEntry empty = new LogEntry(EntryType.ENTRY_TYPE_NO_OP);
    empty.setId(new LogId(1, 1));
    LogEntry window = new LogEntry(EntryType.ENTRY_TYPE_DATA);
    window.setId(new LogId(2, 1));
    window.setData(ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3).asReadOnlyBuffer());
    log().appendEntries(List.of(empty, window));
    assertThat(window.getData().remaining()).as("the caller's buffer").isEqualTo(3);
    reopen();
    LogEntry first = log().getEntry(1);
    assertThat(first).isEqualTo(empty);
    assertThat(first.hasChecksum()).isFalse();
    assertThat(log().getEntry(2).getData()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
  }

  @Test
  void entriesLargerThanAnyBufferAreKept() throws Exception {
    append(1, 3, MIB);
    append(4, 4, 5 * MIB);
    append(5, 5, 0);
    append(6, 12, MIB + 17);
    for (int round = 0; round < 2; round++) {
      assertThat(log().getLastLogIndex()).isEqualTo(12);
      assertSame(log().getEntry(3), Entries.of(3, 1, MIB, 0));
      assertSame(log().getEntry(4), Entries.of(4, 1, 5 * MIB, 0));
      assertSame(log().getEntry(12), Entries.of(12, 1, MIB + 17, 0));
      reopen();
    }
  }

  @Test
  void manySmallEntriesAreKept() throws Exception {
    for (int batch = 0; batch < 40; batch++) {
      append(batch * 250L + 1, batch * 250L + 250, 20);
    }
    reopen();
    assertHolds(1, 10_000, 20);
  }

  @Test
  void truncatedBeginningIsGoneAlsoAfterAReopen() throws Exception {
    append(1, 20, 50);
    assertThat(log().truncatePrefix(8)).isTrue();
    assertHolds(8, 20, 50);
    reopen();
    assertHolds(8, 20, 50);
    assertThat(log().truncatePrefix(21)).isTrue();
    append(21, 22, 50);
    reopen();
    assertHolds(21, 22, 50);
  }

  @Test
  void truncationBeyondTheEndLetsTheLogGoOnThere() throws Exception {
    append(1, 5, 50);
    assertThat(log().truncatePrefix(100)).isTrue();
    append(100, 102, 50);
    assertHolds(100, 102, 50);
    reopen();
    assertHolds(100, 102, 50);
  }

  /**
   * As after a snapshot of all there is: JRaft asks for the term of what is said to be the last.
   */
  @Test
  void logOfNoEntryHasNoLastIndexWhereverItBegins() throws Exception {
    append(1, 20, 50);
    assertThat(log().truncatePrefix(21)).isTrue();
    for (int round = 0; round < 2; round++) {
      await().until(() -> log().getLastLogIndex() == 0); // some delete in the background
      assertThat(log().getFirstLogIndex()).isEqualTo(21);
      reopen();
    }
    append(21, 22, 50);
    assertHolds(21, 22, 50);
  }

  @Test
  void truncatedEndIsGoneAndIsWrittenAnew() throws Exception {
    append(1, 20, 50);
    assertThat(log().truncateSuffix(12)).isTrue();
    assertHolds(1, 12, 50);
    reopen();
    assertHolds(1, 12, 50);
    assertThat(log().appendEntries(List.of(Entries.of(13, 2, 10, 9)))).isEqualTo(1);
    reopen();
    assertThat(log().getLastLogIndex()).isEqualTo(13);
    assertSame(log().getEntry(13), Entries.of(13, 2, 10, 9));
    assertSame(log().getEntry(12), Entries.of(12, 1, 50, 0));
  }

  @Test
  void endIsTruncatedDownToNothing() throws Exception {
    append(1, 3, 50);
    assertThat(log().truncateSuffix(0)).isTrue();
    assertThat(log().getLastLogIndex()).isZero();
    append(1, 2, 50);
    reopen();
    assertHolds(1, 2, 50);
  }

  @Test
  void resetLogGoesOnAtTheGivenIndex() throws Exception {
    append(1, 20, 50);
    assertThat(log().reset(1_000)).isTrue();
    assertThat(log().getFirstLogIndex()).isEqualTo(1_000);
    append(1_000, 1_001, 50);
    reopen();
    assertHolds(1_000, 1_001, 50);
  }

  @Test
  void configurationsAreFoundAgain() throws Exception {
    append(1, 1, 50);
    LogEntry plain = configuration(2);
    plain.setPeers(List.of(new PeerId("127.0.0.1", 7421), new PeerId("127.0.0.2", 7421, 3)));
    LogEntry joint = configuration(4);
    joint.setPeers(List.of(new PeerId("127.0.0.3", 7421)));
    joint.setOldPeers(List.of(new PeerId("127.0.0.1", 7421)));
    joint.setLearners(List.of(new PeerId("127.0.0.4", 7421)));
    joint.setOldLearners(List.of(new PeerId("127.0.0.5", 7421, 0, 7)));
    for (LogEntry entry : List.of(plain, joint)) {
      entry.setChecksum(entry.checksum());
    }
    log().appendEntries(List.of(plain, Entries.of(3, 1, 50, 0), joint));
    reopen();
    assertSame(log().getEntry(2), plain);
    assertSame(log().getEntry(4), joint);
    assertThat(configurations.get(3).getId()).isEqualTo(new LogId(2, 1));
    assertThat(configurations.get(3).getConf().listPeers())
        .containsExactlyInAnyOrderElementsOf(plain.getPeers());
    assertThat(configurations.get(3).getOldConf().isEmpty()).isTrue();
    assertThat(configurations.getLastConfiguration().getId()).isEqualTo(new LogId(4, 1));
    assertThat(configurations.getLastConfiguration().getConf().getLearners())
        .containsExactlyElementsOf(joint.getLearners());
    assertThat(configurations.getLastConfiguration().getOldConf().listPeers())
        .isEqualTo(joint.getOldPeers());
    assertThat(configurations.getLastConfiguration().getOldConf().getLearners())
        .containsExactlyElementsOf(joint.getOldLearners());
    log().truncateSuffix(3);
    reopen();
    assertThat(configurations.getLastConfiguration().getId()).isEqualTo(new LogId(2, 1));
  }

  private static LogEntry configuration(long index) {
    LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
    entry.setId(new LogId(index, 1));
    return entry;
  }

  @Test
  void closedLogAppendsNothing() throws Exception {
    append(1, 1, 10);
    log().shutdown();
    assertThat(log().appendEntries(List.of(Entries.of(2, 1, 10, 0)))).isZero();
    open();
    assertThat(log().getLastLogIndex()).isEqualTo(1);
  }
}
