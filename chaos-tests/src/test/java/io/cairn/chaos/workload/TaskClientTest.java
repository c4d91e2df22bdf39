package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Bytes;
import io.cairn.client.LogEntry;
import io.cairn.client.Page;
import io.cairn.client.TaskWrites;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a recovery shows of a log whose records are numbered from 1, and whose ids are 10 lsn. */
class TaskClientTest {
  @Test
  void wholeLogIsItsIds() {
    assertThat(shown(5, 1, 2, 3, 4, 5)).containsExactly(10L, 20L, 30L, 40L, 50L);
    assertThat(shown(0)).isEmpty();
  }

  @Test
  void recordsThatTheTaskHasAndTheLogHasNotAreShown() {
    assertThat(shown(5)).containsExactly("lsn 1 to 5 missing");
    assertThat(shown(5, 1, 2)).containsExactly(10L, 20L, "lsn 3 to 5 missing");
    assertThat(shown(3, 1, 3)).containsExactly(10L, "lsn 3 where 2 should be");
  }

  @Test
  void recordsBehindTheLastOneOfTheTaskAreNotShown() {
    assertThat(shown(2, 1, 2, 3)).containsExactly(10L, 20L);
  }

  /** Not where it was sent to. */
  @Test
  void placeOfARecordIsWhatTheStoreAnswers() {
    Map<String, Object> sent = Map.of("epoch", 1L, "id", 7L, "lsn", 5L);
    Completion done = TaskClient.appended(sent, new TaskWrites.Saved(0, 4, 1_000));
    assertThat(Values.number(Values.map(done.value()), "index")).isEqualTo(3);
    assertThat(Values.number(Values.map(done.value()), "lsn")).isEqualTo(5);
  }

  private static List<Object> shown(long lastLsn, long... stored) {
    return TaskClient.ids(
        lastLsn,
        from -> {
          List<LogEntry> page = new ArrayList<>();
          for (long lsn : stored) {
            if (lsn >= from && page.size() < 2) {
              Bytes id = Bytes.utf8(Long.toString(10 * lsn));
              page.add(new LogEntry(lsn, 1, 0, id, Bytes.utf8(""), Bytes.utf8("")));
            }
          }
          return new Page<>(page, false);
        });
  }
}
