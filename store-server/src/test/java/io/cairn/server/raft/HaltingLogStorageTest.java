package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import io.cairn.server.raft.log.SegmentLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HaltingLogStorageTest {
  private final RecordedHalt halt = new RecordedHalt();

  @TempDir Path folder;

  @Test
  void refusedWritesHaltInsideTheCall() {
    HaltingLogStorage storage = over(refusing());
    List<LogEntry> two = List.of(entry(1), entry(2));
    assertThatThrownBy(() -> storage.appendEntries(two)).isInstanceOf(Halt.Halted.class);
    assertThatThrownBy(() -> storage.appendEntry(entry(1))).isInstanceOf(Halt.Halted.class);
    assertThatThrownBy(() -> storage.truncateSuffix(5)).isInstanceOf(Halt.Halted.class);
    assertThatThrownBy(() -> storage.truncatePrefix(5)).isInstanceOf(Halt.Halted.class);
    assertThatThrownBy(() -> storage.reset(5)).isInstanceOf(Halt.Halted.class);
    assertThat(halt.reasons())
        .hasSize(5)
        .allMatch(reason -> reason.startsWith("log storage failed"));
  }

  @Test
  void throwingWriteHaltsInsideTheCall() {
    HaltingLogStorage storage =
        over(
            proxy(
                (method) -> {
                  throw new IllegalStateException("injected");
                }));
    assertThatThrownBy(() -> storage.appendEntries(List.of(entry(1))))
        .isInstanceOf(Halt.Halted.class)
        .hasRootCauseMessage("injected");
    assertThat(halt.reasons()).hasSize(1);
  }

  @Test
  void errorInAWriteOrReadHaltsInsideTheCall() {
    HaltingLogStorage storage =
        over(
            proxy(
                method -> {
                  throw new OutOfMemoryError("injected");
                }));
    assertThatThrownBy(() -> storage.appendEntries(List.of(entry(1))))
        .isInstanceOf(Halt.Halted.class)
        .hasRootCauseInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> storage.getEntry(7))
        .isInstanceOf(Halt.Halted.class)
        .hasRootCauseInstanceOf(OutOfMemoryError.class);
    assertThat(halt.reasons()).hasSize(2);
  }

  @Test
  void readThatFailsHaltsInsideTheCall() {
    HaltingLogStorage storage =
        over(
            proxy(
                method -> {
                  if (method.equals("getEntry")) {
                    throw new UncheckedIOException(new IOException("injected"));
                  }
                  return true;
                }));
    assertThatThrownBy(() -> storage.getEntry(7))
        .isInstanceOf(Halt.Halted.class)
        .hasRootCauseMessage("injected");
    assertThat(halt.reasons()).singleElement().isEqualTo("log storage failed: read of entry 7");
  }

  @Test
  void refusalAfterShutdownDoesNotHalt() {
    HaltingLogStorage storage = over(refusing());
    storage.shutdown();
    assertThat(storage.appendEntries(List.of(entry(1)))).isZero();
    assertThat(halt.reasons()).isEmpty();
  }

  @Test
  void startCheckSeesTheLastIndexAndCanRefuse() {
    HaltingLogStorage first = rocks(lastIndex -> assertThat(lastIndex).isZero());
    assertThat(first.init(options())).isTrue();
    assertThat(first.appendEntries(List.of(entry(1), entry(2)))).isEqualTo(2);
    first.shutdown();
    HaltingLogStorage second =
        rocks(
            lastIndex -> {
              throw new IOException("database at 9, log ends at " + lastIndex);
            });
    assertThatThrownBy(() -> second.init(options()))
        .isInstanceOf(StartFailure.class)
        .hasRootCauseMessage("database at 9, log ends at 2");
    HaltingLogStorage third =
        rocks(lastIndex -> assertThat(lastIndex).isEqualTo(2)); // released by the refusal
    assertThat(third.init(options())).isTrue();
    third.shutdown();
  }

  /**
   * The default of RocksDB opens such a log without a word and forgets the entries behind the
   * damage.
   */
  @Test
  void flippedBitInTheMiddleOfTheWriteAheadLogIsRefused() throws IOException {
    HaltingLogStorage storage = rocks(lastIndex -> {});
    assertThat(storage.init(options())).isTrue();
    LongStream.rangeClosed(1, 200)
        .forEach(index -> assertThat(storage.appendEntries(List.of(entry(index)))).isEqualTo(1));
    Path copy = Files.createDirectory(folder.resolve("copy"));
    copyLog(folder.resolve("log"), copy); // as a crash leaves it: a close would flush
    storage.shutdown();
    Path wal;
    try (Stream<Path> files = Files.list(copy)) {
      wal = files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(wal);
    bytes[bytes.length / 3] ^= 4;
    Files.write(wal, bytes);
    HaltingLogStorage damaged =
        new HaltingLogStorage(
            new RocksDBLogStorage(copy.toString(), new RaftOptions()),
            halt,
            lastIndex -> {},
            (index, data) -> {});
    assertThat(damaged.init(options())).isFalse();
  }

  @Test
  void anEntryThatIsNotWhatWasProposedHaltsBeforeItIsStored() throws IOException {
    HaltingLogStorage storage =
        new HaltingLogStorage(
            new SegmentLog(
                Files.createDirectory(folder.resolve("segments")),
                folder.resolve("index"),
                failure -> {}),
            halt,
            lastIndex -> {},
            (index, data) -> {
              if (index == 2) {
                throw new IllegalStateException("entry 2 is damaged");
              }
            });
    assertThat(storage.init(options())).isTrue();
    assertThatThrownBy(() -> storage.appendEntries(List.of(entry(1), entry(2))))
        .hasStackTraceContaining("entry 2 is damaged");
    assertThatThrownBy(() -> storage.appendEntry(entry(2)))
        .hasStackTraceContaining("entry 2 is damaged");
    assertThat(storage.getLastLogIndex()).isZero();
    assertThat(halt.reasons()).isNotEmpty();
    storage.shutdown();
  }

  private static void copyLog(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("LOCK")) {
          Files.copy(file, to.resolve(from.relativize(file)));
        }
      }
    }
  }

  private HaltingLogStorage rocks(HaltingLogStorage.Opened opened) {
    RocksLogSettings.install();
    RaftOptions raft = new RaftOptions();
    raft.setOpenStatistics(false);
    return new HaltingLogStorage(
        new RocksDBLogStorage(folder.resolve("log").toString(), raft),
        halt,
        opened,
        (index, data) -> {});
  }

  private static LogStorageOptions options() {
    LogStorageOptions options = new LogStorageOptions();
    options.setGroupId("test-main");
    options.setConfigurationManager(new ConfigurationManager());
    options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
    return options;
  }

  private HaltingLogStorage over(LogStorage storage) {
    return new HaltingLogStorage(storage, halt, lastIndex -> {}, (index, data) -> {});
  }

  /** A storage whose writes answer false, or one entry fewer than given. */
  private static LogStorage refusing() {
    return proxy(
        method -> {
          if (method.equals("appendEntries")) {
            return 0;
          }
          return false;
        });
  }

  private static LogStorage proxy(Answer answer) {
    return (LogStorage)
        Proxy.newProxyInstance(
            LogStorage.class.getClassLoader(),
            new Class<?>[] {LogStorage.class},
            (proxy, method, arguments) -> answer.to(method.getName()));
  }

  @FunctionalInterface
  private interface Answer {
    Object to(String method);
  }

  private static LogEntry entry(long index) {
    LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
    entry.setId(new LogId(index, 1));
    entry.setData(ByteBuffer.allocate(64).putLong(0, index));
    return entry;
  }
}
