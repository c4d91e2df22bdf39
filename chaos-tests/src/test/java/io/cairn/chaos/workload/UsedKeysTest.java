package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Context;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.generator.Step;
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
  void theFirstAndTheLastKeysAreRead() {
    assertThat(UsedKeys.ends(writes(100), 3)).containsExactly(0L, 1L, 2L, 97L, 98L, 99L);
    assertThat(UsedKeys.ends(writes(4), 3)).containsExactly(0L, 1L, 2L, 3L);
    assertThat(UsedKeys.ends(writes(0), 3)).containsExactly(0L);
  }

  @Test
  void theLastKeysOfEachWorkloadAreReadByAllThreads() {
    Keyword append = new Keyword("append");
    List<Call> txns =
        LongStream.range(0, 100)
            .mapToObj(key -> new Call("txn", List.of(List.of(append, key, key))))
            .toList();
    assertThat(keysRead("register", writes(100))).contains(0L, 99L).hasSize(20);
    assertThat(keysRead("task", writes(100))).contains(0L, 99L).hasSize(30);
    assertThat(keysRead("append", history(txns))).contains(0L, 99L).hasSize(16);
  }

  /** The keys that the final reads of one thread look at. */
  private static Set<Long> keysRead(String workload, History sofar) {
    Workload.Plan plan = new Workload.Plan(new Seed(1), 1, 3);
    Generator left = Workloads.of(workload).finalReads(plan, sofar);
    Context context = Context.of(1).only(thread -> thread == 0);
    Set<Long> keys = new TreeSet<>();
    while (left.next(context) instanceof Step.Emit emit) {
      for (Object part : Values.list(emit.invocation().value())) {
        if (part instanceof List<?> read) {
          keys.add(Values.number(read.get(1)));
        } else if (part instanceof Long key) {
          keys.add(key);
        }
      }
      left = emit.rest();
    }
    return keys;
  }
}
