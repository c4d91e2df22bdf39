package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.LogEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers and the scrub on threads of their own, beside a writer that appends and cuts. */
class SegmentLogReadersTest {
  private static final int STARTS = 6;
  private static final int CHANGES = 100;
  private static final SegmentSizes SIZES = new SegmentSizes(512, 2_048, 64, 0);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicReference<SegmentLog> log = new AtomicReference<>();
  private SplittableRandom random = new SplittableRandom(0);

  @TempDir Path folder = Path.of("");

  @Test
  void readersFindTheEntryTheyAskForOrNone() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("SegmentLogReadersTest -Dseed=" + seed);
    random = new SplittableRandom(seed);
    log.set(opened());
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      SplittableRandom own = random.split();
      readers.add(new Thread(() -> read(own)));
    }
    readers.forEach(Thread::start);
    try {
      for (int start = 0; start < STARTS; start++) {
        for (int change = 0; change < CHANGES; change++) {
          change(log.get());
        }
        log.get().shutdown();
        log.set(opened());
      }
    } finally {
      done.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
    }
    log.get().shutdown();
    assertThat(failures).isEmpty();
  }

  private SegmentLog opened() throws Exception {
    SegmentLog opened =
        new SegmentLog(
            new DiskFolder(Files.createDirectories(folder.resolve("log"))),
            new DiskFolder(folder.resolve("log-index")),
            SIZES,
            new BackgroundThread(),
            Scrub.Plan.of(failures::add));
    opened.init(Entries.options(new ConfigurationManager()));
    return opened;
  }

  private void change(SegmentLog now) {
    long first = now.getFirstLogIndex();
    long last = Math.max(now.getLastLogIndex(), first - 1);
    int choice = random.nextInt(20);
    if (choice == 0) {
      assertThat(now.truncatePrefix(first + random.nextInt(20))).isTrue();
    } else if (choice < 3) {
      assertThat(now.truncateSuffix(Math.max(first - 1, last - random.nextInt(30)))).isTrue();
    } else {
      List<LogEntry> batch = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        batch.add(Entries.of(last + i, 1 + random.nextInt(1_000), random.nextInt(300), 0));
      }
      assertThat(now.appendEntries(batch)).isEqualTo(4);
    }
  }

  private void read(SplittableRandom own) {
    try {
      while (!done.get()) {
        SegmentLog now = log.get();
        long first = now.getFirstLogIndex();
        long wanted = first + own.nextLong(Math.max(1, now.getLastLogIndex() - first + 2));
        LogEntry found = now.getEntry(wanted);
        if (found != null) {
          assertThat(found.getId().getIndex()).isEqualTo(wanted);
          assertThat(found.isCorrupted()).isFalse();
        }
      }
    } catch (Throwable e) {
      failures.add(e);
    }
  }
}
