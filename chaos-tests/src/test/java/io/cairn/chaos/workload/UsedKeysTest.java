package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is read at the end: what was written last, too. */
class UsedKeysTest {
  private static History history(List<Call> calls) {
    List<Op> ops = new ArrayList<>();
    for (Call call : calls) {
      ops.add(new Op(ops.size(), 0, OpType.INVOKE, ops.size(), call.f(), call.value(), Map.of()));
    }
    return new History(ops);
  }

  private static History writes(long keys) {
    return history(
        LongStream.range(0, keys)
            .mapToObj(key -> new Call("write", Arrays.asList(key, 1L)))
            .toList());
  }

  @Test
  void allKeysAreReadByAll() {
    assertThat(UsedKeys.byThread(writes(100), 2, 300).byThread())
        .containsOnlyKeys(0, 1)
        .allSatisfy((thread, keys) -> assertThat(keys).hasSize(100).contains(0L, 50L, 99L));
    assertThat(UsedKeys.byThread(writes(0), 1, 300).byThread().get(0)).containsExactly(0L);
  }

  /** Each has the ends, and others of those between. */
  @Test
  void ofMoreKeysThanALimitEachIsReadBySomebody() {
    Map<Integer, List<Long>> read = UsedKeys.byThread(writes(90), 4, 60).byThread();
    Set<Long> all = new TreeSet<>();
    for (List<Long> keys : read.values()) {
      assertThat(keys).hasSizeLessThanOrEqualTo(60).contains(0L, 19L, 70L, 89L).isSorted();
      all.addAll(keys);
    }
    assertThat(all).hasSize(90);
  }

  @Test
  void ofFarMoreKeysTheLimitIsRead() {
    Map<Integer, List<Long>> read = UsedKeys.byThread(writes(100_000), 10, 300).byThread();
    Set<Long> all = new TreeSet<>();
    for (List<Long> keys : read.values()) {
      assertThat(keys).hasSizeBetween(290, 300).contains(0L, 99_999L);
      all.addAll(keys);
    }
    assertThat(all).hasSizeGreaterThan(1_100);
  }

  @Test
  void allKeysOfEachWorkloadAreReadByAllThreads() {
    Keyword append = new Keyword("append");
    List<Call> txns =
        LongStream.range(0, 100)
            .mapToObj(key -> new Call("txn", List.of(List.of(append, key, key))))
            .toList();
    assertThat(keysRead("register", writes(100))).hasSize(100);
    assertThat(keysRead("task", writes(50))).hasSize(50);
    assertThat(keysRead("append", history(txns))).hasSize(100);
  }

  /** The keys that the final reads of one thread look at. */
  private static Set<Long> keysRead(String workload, History sofar) {
    Workload.Plan plan = new Workload.Plan(new Seed(1), 1, 3);
    Set<Long> keys = new TreeSet<>();
    for (Call call : Workloads.of(workload).finalReads(plan, sofar).get(0)) {
      for (Object part : Values.list(call.value())) {
        if (part instanceof List<?> read) {
          keys.add(Values.number(read.get(1)));
        } else if (part instanceof Long key) {
          keys.add(key);
        }
      }
    }
    return keys;
  }
}
