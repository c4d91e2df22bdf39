package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoEventsTest {
  private final DemoEvents events = new DemoEvents();

  @Test
  void firstAttemptIsNoResume() {
    say("resumed 1 4 0 -1 17 1");
    assertThat(events.resumes()).isEmpty();
    assertThat(events.owned(1)).isEqualTo(1);
  }

  @Test
  void laterAttemptIsAResumeWithItsRowAndCheckpoint() {
    say("resumed 1 4 100500 3 18 2");
    assertThat(events.resumes()).containsExactly(new DemoEvents.Resume(4, 1, 100_500, 3, 2));
  }

  @Test
  void partitionBelongsToWhoeverResumedItLast() {
    say("resumed 0 4 0 -1 17 1", "resumed 0 5 0 -1 18 1", "resumed 2 4 500 0 19 2");
    assertThat(events.owned(0)).isEqualTo(1);
    assertThat(events.owned(2)).isEqualTo(1);
    assertThat(events.owned(1)).isZero();
  }

  @Test
  void completedPartitionBelongsToNobody() {
    say("resumed 0 4 0 -1 17 1", "completed 0 4 25000", "completed 2 4 25000");
    assertThat(events.owned(0)).isZero();
    assertThat(events.completedCount()).isEqualTo(1);
  }

  @Test
  void rowsBegunTwiceAreBegunTwiceButReachedOnce() {
    say("block 0 0 0 500", "block 0 0 500 1000", "block 1 0 500 1000", "block 0 1 1000 1500");
    assertThat(events.rowsBegun()).isEqualTo(2_000);
    assertThat(events.rowsReached(partition -> partition * 1_000L)).isEqualTo(1_500);
  }

  @Test
  void fencingIsShownByACheckpointAndAnAppendThatWereFenced() {
    say("stale-write 1 4 checkpoint 17 FENCED");
    assertThat(events.isFencingShown()).isFalse();
    say("stale-write 1 4 append 17 FENCED");
    assertThat(events.isFencingShown()).isTrue();
    assertThat(events.fenced()).isEqualTo(2);
  }

  @Test
  void staleWriteThatWasAcceptedSpoilsTheProof() {
    say(
        "stale-write 1 4 checkpoint 17 FENCED",
        "stale-write 1 4 append 17 FENCED",
        "stale-write 1 5 append 18 ACCEPTED");
    assertThat(events.isFencingShown()).isFalse();
    assertThat(events.fenced()).isEqualTo(2);
  }

  @Test
  void withoutStaleWritesNothingIsShown() {
    assertThat(events.isFencingShown()).isFalse();
  }

  @Test
  void lineThatIsNotUnderstoodIsKeptAsTrouble() {
    List<String> lines =
        List.of(
            "",
            "block",
            "block x 0 0 500",
            "block 0 0 0",
            "resumed 0 4 0",
            "something 0 4 else",
            "trouble 0 4 NO_LEADER:_none");
    lines.forEach(events::line);
    assertThat(events.troubles()).containsExactlyElementsOf(lines);
    assertThat(events.rowsBegun()).isZero();
    assertThat(events.owned(0)).isZero();
    assertThat(events.resumes()).isEmpty();
  }

  @Test
  void killsAreCounted() {
    events.workerKilled();
    events.leaderKilled();
    events.leaderKilled();
    assertThat(events.workersKilledCount()).isEqualTo(1);
    assertThat(events.leadersKilledCount()).isEqualTo(2);
  }

  private void say(String... lines) {
    for (String line : lines) {
      events.line(line);
    }
  }
}
