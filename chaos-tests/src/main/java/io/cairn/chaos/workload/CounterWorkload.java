package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.client.Bytes;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.PutOp;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.Txn;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Adds that do not look before: n is added by one transaction that puts n keys, whatever they hold,
 * and the counter is the sum of the keys' versions. So an add that ran twice counts twice: only the
 * session keeps a resend from running again. The client resends by itself whenever a connection is
 * lost, or a leader says nothing.
 */
final class CounterWorkload implements Workload {
  private static final int ADD_MAX = 5;
  private static final String PREFIX = "counter/";

  @Override
  public String name() {
    return "counter";
  }

  @Override
  public String about() {
    return "adds that the client resends over lost connections and leaders: each counts once";
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.mix(
        plan.seed().child("mix"),
        Generators.calls(
            plan.seed().child("add"), (random, n) -> new Call("add", 1L + random.nextInt(ADD_MAX))),
        Generators.calls(
            plan.seed().child("more"),
            (random, n) -> new Call("add", 1L + random.nextInt(ADD_MAX))),
        Generators.calls(plan.seed().child("read"), (random, n) -> new Call("read", null)));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return plan.byEach(new Call("read", null));
  }

  @Override
  public Client open(TestNode node, long process) {
    return new CounterClient(node, process);
  }

  private static final class CounterClient extends StoreClient {
    CounterClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    Completion perform(Op invocation) {
      return switch (invocation.f()) {
        case "add" -> {
          int times = Math.toIntExact(Values.number(invocation.value()));
          PutOp[] puts =
              IntStream.range(0, times)
                  .mapToObj(i -> PutOp.of(PREFIX + i, Long.toString(invocation.process())))
                  .toArray(PutOp[]::new);
          long revision = cairn().kv().txn(Txn.when().then(puts)).revision();
          yield Completion.ok(invocation.value(), revision);
        }
        case "read" -> {
          RangeResult found =
              cairn().kv().range(RangeOp.of(KeyRange.prefix(Bytes.utf8(PREFIX))), mode(invocation));
          long sum = found.keyValues().stream().mapToLong(KeyValue::version).sum();
          yield Completion.ok(sum, found.revision());
        }
        default -> throw unknown(invocation);
      };
    }
  }
}
