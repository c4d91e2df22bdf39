package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The scrub beside changes of the log, which come at any moment of it. */
@ExtendWith(UnprintedLog.class)
class ScrubTest {
  private static final int MIB = 1 << 20;
  private static final int BYTES = 100_000;
  private static final int LAST = 50;

  /** One and a half steps of the scrub each. */
  private static final SegmentSizes SIZES = new SegmentSizes(3 * MIB / 2, 3 * MIB / 2, 64, 0);

  /** Moments at which the scrub of three segments of them asks whether it may go on. */
  private static final int MOMENTS = 6;

  private static final int PER_SEGMENT = 15;

  private SimulatedFolder whole = new SimulatedFolder(new SplittableRandom(1));
  private TestScrub scrub = new TestScrub();

  @TempDir Path folder = Path.of("");

  @BeforeEach
  void logOfFourSegments() {
    whole = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(whole);
    fill(log, 1, 1);
    log.shutdown();
    assertThat(whole.indexes().names()).hasSize(3);
  }

  private SegmentLog opened(SimulatedFolder disk) {
    scrub = new TestScrub();
    SegmentLog log = new SegmentLog(disk, disk.indexes(), SIZES, Runnable::run, scrub.plan());
    log.init(Entries.options(new ConfigurationManager()));
    return log;
  }

  private static void fill(SegmentLog log, long first, long term) {
    for (long index = first; index <= LAST; index++) {
      log.appendEntries(List.of(Entries.of(index, term, BYTES, 0)));
    }
  }

  /** A change of the log, and how many of its first entries are of before. */
  private record Change(String name, int kept, Runnable made) {}

  private static List<Change> changes(SegmentLog log) {
    List<Change> changes = new ArrayList<>();
    for (int kept : List.of(0, 1, 10, 15, 16, 32, 45, 48)) {
      changes.add(
          new Change(
              "cut after " + kept,
              kept,
              () -> {
                log.truncateSuffix(kept);
                fill(log, kept + 1, 2);
              }));
    }
    for (int first : List.of(2, 16, 32, 46, 50)) {
      changes.add(
          new Change(
              "cut before " + first,
              LAST,
              () -> {
                log.truncatePrefix(first);
                log.truncatePrefix(LAST); // what the first one has dropped is used again
                log.truncatePrefix(LAST + 1);
                for (int index = LAST + 1; index <= 2 * LAST; index++) {
                  log.appendEntries(List.of(Entries.of(index, 1, BYTES, 0)));
                }
              }));
    }
    changes.add(
        new Change(
            "reset",
            0,
            () -> {
              log.reset(1);
              log.truncatePrefix(1);
              fill(log, 1, 2);
            }));
    changes.add(new Change("end", LAST, log::shutdown));
    return changes;
  }

  @Test
  void changeOfTheLogAtAnyMomentIsNoDamage() {
    int count = changes(opened(whole.copy())).size();
    for (int at = 0; at < count * MOMENTS; at++) {
      Change change = changes(opened(whole.copy())).get(at / MOMENTS);
      runWith(change, 1 + at % MOMENTS);
      assertThat(scrub.failures()).as("%s at %d", change.name(), 1 + at % MOMENTS).isEmpty();
    }
  }

  /** Damage in what a cut of the end has left is found though the scrub of it was begun anew. */
  @Test
  void damageIsFoundBesideAnyCutThatLeavesIt() {
    int count = changes(opened(whole.copy())).size();
    for (int index : List.of(1, 12, 31, 44)) {
      SimulatedFolder damaged = whole.copy();
      int number = (index - 1) % PER_SEGMENT;
      int offset = SegmentHeader.LENGTH + number * (RecordFormat.HEADER_BYTES + BYTES);
      damaged.bytesOf(Segment.name(1 + (index - 1) / PER_SEGMENT))[offset + 500] ^= 1;
      for (int at = 0; at < count * MOMENTS; at++) {
        Change change = changes(opened(damaged.copy())).get(at / MOMENTS);
        if (change.name().startsWith("cut after") && change.kept() > index) {
          runWith(change, 1 + at % MOMENTS);
          assertThat(scrub.failures())
              .as("entry %d, %s at %d", index, change.name(), 1 + at % MOMENTS)
              .singleElement()
              .satisfies(
                  failure -> assertThat(failure).hasMessageContaining("entry " + index + " is"));
        }
      }
    }
  }

  private void runWith(Change change, int moment) {
    int[] moments = {0};
    scrub.beforeRead(
        () -> {
          if (++moments[0] == moment) {
            change.made().run();
          }
        });
    scrub.run();
  }

  @Test
  void scrubOnItsOwnThreadStopsWithTheLog() throws Exception {
    Path log = Files.createDirectories(folder.resolve("log"));
    Path indexes = folder.resolve("index");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    for (int round = 0; round < 2; round++) {
      CountDownLatch reading = new CountDownLatch(1);
      CountDownLatch ended = new CountDownLatch(1);
      Scrub.Plan plan =
          new Scrub.Plan(
              task ->
                  new Thread(
                          () -> {
                            task.run();
                            ended.countDown();
                          })
                      .start(),
              slow(reading),
              failure::complete);
      SegmentLog opened =
          new SegmentLog(new DiskFolder(log), new DiskFolder(indexes), SIZES, Runnable::run, plan);
      opened.init(Entries.options(new ConfigurationManager()));
      if (round == 0) {
        fill(opened, 1, 1);
        opened.shutdown();
      } else {
        reading.await();
        opened.shutdown();
        ended.await();
      }
    }
    assertThat(failure).isNotDone();
  }

  /** A pace that lets nothing more be read after the first step until it is stopped. */
  private static ScrubPace slow(CountDownLatch reading) {
    ScrubPace real = ScrubPace.of(1);
    return new ScrubPace() {
      @Override
      public boolean next(int bytes) throws InterruptedException {
        reading.countDown();
        return real.next(bytes);
      }

      @Override
      public void stop() {
        real.stop();
      }
    };
  }

  @Test
  void damageFoundByTheScrubIsToldFromItsOwnThread() throws Exception {
    Path log = Files.createDirectories(folder.resolve("log"));
    Path indexes = folder.resolve("index");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    SegmentLog first =
        new SegmentLog(
            new DiskFolder(log),
            new DiskFolder(indexes),
            SIZES,
            Runnable::run,
            Scrub.Plan.of(failure::complete));
    first.init(Entries.options(new ConfigurationManager()));
    fill(first, 1, 1);
    first.shutdown();
    Path segment = log.resolve(Segment.name(1));
    byte[] bytes = Files.readAllBytes(segment);
    bytes[200_000] ^= 1;
    Files.write(segment, bytes);
    SegmentLog second =
        new SegmentLog(
            new DiskFolder(log),
            new DiskFolder(indexes),
            SIZES,
            Runnable::run,
            Scrub.Plan.of(failure::complete));
    second.init(Entries.options(new ConfigurationManager()));
    assertThat(second.getEntry(LAST)).isEqualTo(Entries.of(LAST, 1, BYTES, 0));
    assertThat(failure.get())
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining(segment + " at offset " + (64 + 100_044))
        .hasMessageContaining("entry 2 is lost");
    second.shutdown();
  }
}
