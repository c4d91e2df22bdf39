package io.cairn.bench.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ThreadTimesTest {
  @Test
  void threadsOfOneGroupDifferInTheirNumbers() {
    assertThat(ThreadTimes.group("cairn-net-1")).isEqualTo("cairn-net");
    assertThat(ThreadTimes.group("GC Thread#0")).isEqualTo("GC Thread");
    assertThat(ThreadTimes.group("C2 CompilerThre")).isEqualTo("C2 CompilerThre");
    assertThat(ThreadTimes.group("17")).isEqualTo("17");
  }

  @Test
  void whatWasNotUsedIsLeftOut() {
    ThreadTimes before = new ThreadTimes(new TreeMap<>(Map.of("a", 10L, "b", 20L, "ended", 5L)));
    ThreadTimes after = new ThreadTimes(new TreeMap<>(Map.of("a", 40L, "b", 20L, "new", 10L)));
    assertThat(after.since(before)).isEqualTo(Map.of("a", 30L, "new", 10L));
  }

  @Test
  void threadsOfAProcessAreRead() throws Exception {
    assertThat(ThreadTimes.of(ProcessHandle.current().pid()).millis()).isNotEmpty();
  }
}
