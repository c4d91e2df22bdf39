package io.cairn.micro;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import io.cairn.server.raft.log.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One batch of entries appended to the Raft log and synced, in the folder for temporary files: what
 * it measures is that disk, and what is added to it. The log is cut as snapshots would.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LogAppend {
  private static final long KEPT = 20_000;
  private static final long SEED = 7_420;

  /** Entries of a batch. */
  @Param({"1", "32"})
  public int entries;

  /** Bytes of an entry. */
  @Param({"300", "65536"})
  public int bytes;

  private @Nullable Path folder;
  private @Nullable SegmentLog log;
  private byte[] data = new byte[0];
  private long index;

  /** A benchmark without a log yet. */
  public LogAppend() {}

  /** Opens a log in a temporary folder. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    data = new byte[bytes];
    new Random(SEED).nextBytes(data);
    folder = Files.createTempDirectory("cairn-micro-");
    SegmentLog opened =
        new SegmentLog(
            Files.createDirectory(folder.resolve("log")),
            folder.resolve("log-index"),
            failure -> {
              throw new IllegalStateException("nothing is left unread", failure);
            });
    LogStorageOptions options = new LogStorageOptions();
    options.setGroupId("micro");
    options.setConfigurationManager(new ConfigurationManager());
    options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
    if (!opened.init(options)) {
      throw new IOException("the log did not open");
    }
    log = opened;
    index = 0;
  }

  /** One batch. */
  @Benchmark
  public int append() {
    SegmentLog open = Objects.requireNonNull(log);
    List<LogEntry> batch = new ArrayList<>(entries);
    for (int i = 0; i < entries; i++) {
      LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
      entry.setId(new LogId(++index, 1));
      entry.setData(ByteBuffer.wrap(data));
      entry.setChecksum(SEED);
      batch.add(entry);
    }
    int done = open.appendEntries(batch);
    if (index - open.getFirstLogIndex() > 2 * KEPT) {
      boolean unused = open.truncatePrefix(index - KEPT);
    }
    return done;
  }

  /** Closes and removes the log. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    Objects.requireNonNull(log).shutdown();
    try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
