package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.LoggedEvents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HaltTest {
  @Test
  void haltIsLoggedAsAnEventAndThenEndsWithItsStatus() {
    List<Integer> ends = new ArrayList<>();
    try (LoggedEvents events = new LoggedEvents()) {
      Halt halt =
          Halt.ending(
              status -> {
                assertThat(events.of(LogEvent.HALTED)).hasSize(ends.size() + 1);
                ends.add(status);
              });
      halt.halt("no room", new IOException("disk full"));
      halt.halt("no cause", null);
      assertThat(ends).containsExactly(Halt.EXIT_STATUS, Halt.EXIT_STATUS);
      assertThat(events.of(LogEvent.HALTED))
          .containsExactly("[reason=\"no room\"]", "[reason=\"no cause\"]");
    }
  }
}
