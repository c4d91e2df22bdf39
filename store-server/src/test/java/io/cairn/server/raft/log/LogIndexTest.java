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
    assertThat(index.add(first, ends(SegmentHeader.LENGTH, 100, 200, 300), 7)).isEmpty();
    assertThat(first.ends().orElseThrow().places()).isGreaterThan(3);
    Segment second = segment(2, 4);
    SegmentIndex full = index.add(second, ends(SegmentHeader.LENGTH, 100), 8).orElseThrow();
    assertThat(first.ends().orElseThrow().places()).isEqualTo(3);
    assertThat(full.isFollowedBy(second.header())).isTrue();
    index.release(first, full);
    assertThat(first.ends()).isEmpty();
    assertThat(first.lastIndex()).isEqualTo(3);
    index.cutAfter(2, 9, full.ends()); // it is the last one again
    index.add(first, ends(200, 250), 10);
    assertThat(first.lastIndex()).isEqualTo(3);
    index.release(first, full);
    assertThat(first.ends()).as("what was written is of before the cut").isPresent();
  }

  private static RecordEnds ends(int start, int... ends) {
    RecordEnds made = new RecordEnds(start);
    for (int end : ends) {
      made.add(end);
    }
    return made;
  }

  private Segment segment(long id, long firstIndex) throws IOException {
    return new Segment(new SegmentHeader(id, firstIndex, 7), disk.create(Segment.name(id)));
  }
}
