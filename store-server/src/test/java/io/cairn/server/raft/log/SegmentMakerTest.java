package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SegmentMakerTest {
  private static final int MIB = 1 << 20;

  @Test
  void segmentThatNobodyWantsAnyMoreIsNotMadeToItsEnd() throws Exception {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch discarding = new CountDownLatch(1);
    AtomicInteger writes = new AtomicInteger();
    disk.onWrite(
        () -> {
          writes.incrementAndGet();
          begun.countDown();
          try {
            discarding.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (BackgroundThread background = new BackgroundThread()) {
      SegmentMaker maker =
          new SegmentMaker(disk, new SegmentSizes(16 * MIB, 16 * MIB, 4_096, 0), background);
      maker.prepare(1);
      begun.await();
      Thread writer =
          new Thread(
              () -> {
                try {
                  maker.discard();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      writer.start();
      await().until(() -> writer.getState() == Thread.State.WAITING);
      discarding.countDown();
      writer.join();
    }
    assertThat(writes).hasValue(1);
    assertThat(disk.names()).isEmpty();
  }
}
