package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RestTest {
  private static final int ROUNDS = 20_000;

  @Test
  void whatIsAppliedEndsARestOnce() {
    AtomicLong applied = new AtomicLong(7);
    Rest rest = new Rest(applied::get);
    assertThat(rest.end()).as("there is none yet").isFalse();
    assertThat(rest.begin(7)).isTrue();
    applied.set(8);
    assertThat(rest.end()).isTrue();
    assertThat(rest.end()).isFalse();
  }

  @Test
  void thereIsNoneWhenMoreWasAppliedThanSeen() {
    Rest rest = new Rest(() -> 8);
    assertThat(rest.begin(7)).isFalse();
    assertThat(rest.end()).isFalse();
  }

  @Test
  void noEntryIsMissedWhenBothComeAtOnce() throws Exception {
    AtomicLong applied = new AtomicLong();
    AtomicInteger ended = new AtomicInteger();
    Rest rest = new Rest(applied::get);
    var applying = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        long seen = applied.get();
        CountDownLatch together = new CountDownLatch(1);
        ended.set(0);
        var entry =
            applying.submit(
                () -> {
                  together.countDown();
                  applied.incrementAndGet();
                  if (rest.end()) {
                    ended.incrementAndGet();
                  }
                });
        together.await();
        boolean rests = rest.begin(seen);
        entry.get(60, TimeUnit.SECONDS);
        assertThat(!rests || ended.get() == 1).as("round %d", round).isTrue();
      }
    } finally {
      applying.shutdownNow();
    }
  }
}
