package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogIndexTest {
  private final SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));

  @Test
  void fullSegmentHoldsNoMemoryForMoreRecords() throws IOException {
    LogIndex index = new LogIndex();
    Segment first = segment(1, 1);
    index.add(first, new int[] {100, 200, 300}, 3);
    assertThat(first.ends().places()).isGreaterThan(3);
    Segment second = segment(2, 4);
    index.add(second, new int[] {100}, 1);
    assertThat(first.ends().places()).isEqualTo(3);
    index.cutAfter(2); // it is the last one again
    index.add(first, new int[] {250}, 1);
    assertThat(first.lastIndex()).isEqualTo(3);
  }

  private Segment segment(long id, long firstIndex) throws IOException {
    return new Segment(new SegmentHeader(id, firstIndex, 0), disk.create(Segment.name(id)));
  }
}
