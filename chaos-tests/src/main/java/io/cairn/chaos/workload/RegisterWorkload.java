package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.client.Bytes;
import io.cairn.client.CasResult;
import io.cairn.client.KeyRange;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.ReadMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads, writes and compare-and-set on keys that have nothing to do with each other. */
final class RegisterWorkload implements Workload {
  static final int OPS_PER_KEY = 150;
  private static final int THREADS_PER_KEY_MAX = 20;
  private static final int VALUES = 5;
  private static final int FINAL_KEYS_MAX = 300;

  @Override
  public String name() {
    return "register";
  }

  @Override
  public String about() {
    return "read, write and compare-and-set on many keys: linearizable, key by key";
  }

  @Override
  public Generator operations(Plan plan) {
    int group = Math.min(Math.min(plan.clients(), 2 * plan.nodes()), THREADS_PER_KEY_MAX);
    return Generators.independent(group, key -> ofKey(plan.seed().child(key)));
  }

  private static Generator ofKey(Seed seed) {
    return Generators.limit(
        OPS_PER_KEY,
        Generators.mix(
            seed,
            Generators.calls(seed.child("read"), (random, n) -> new Call("read", null)),
            Generators.calls(
                seed.child("write"),
                (random, n) -> new Call("write", (long) random.nextInt(VALUES))),
            Generators.calls(
                seed.child("cas"),
                (random, n) ->
                    new Call(
                        "cas",
                        List.of((long) random.nextInt(VALUES), (long) random.nextInt(VALUES))))));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return UsedKeys.byThread(sofar, plan.clients(), FINAL_KEYS_MAX)
        .calls(keys -> keys.stream().map(RegisterWorkload::read).toList());
  }

  private static Call read(long key) {
    return new Call("read", Arrays.asList(key, null));
  }

  @Override
  public Client open(TestNode node, long process) {
    return new RegisterClient(node, process);
  }

  private static final class RegisterClient extends StoreClient {
    RegisterClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    Completion perform(Op invocation) {
      List<?> pair = Values.list(invocation.value());
      Object key = Values.at(pair, 0);
      Bytes at = Bytes.utf8("register/" + key);
      return switch (invocation.f()) {
        case "read" -> read(key, at, mode(invocation));
        case "write" ->
            Completion.ok(pair, cairn().kv().put(at, text(Values.at(pair, 1))).revision());
        case "cas" -> cas(pair, at);
        default -> throw unknown(invocation);
      };
    }

    private Completion read(Object key, Bytes at, ReadMode mode) {
      RangeResult found = cairn().kv().range(RangeOp.of(KeyRange.key(at)), mode);
      Object value =
          found
              .first()
              .<Object>map(row -> Long.parseLong(row.value().toUtf8()))
              .orElse(Keyword.ABSENT);
      return Completion.read(List.of(key, value), found.revision());
    }

    private Completion cas(List<?> pair, Bytes at) {
      List<?> change = Values.list(pair.get(1));
      Bytes before = text(Values.at(change, 0));
      CasResult result = cairn().kv().cas(at, Optional.of(before), text(Values.at(change, 1)));
      return result.succeeded()
          ? Completion.ok(pair, result.revision())
          : Completion.fail(pair, "another value");
    }

    private static Bytes text(Object value) {
      return Bytes.utf8(String.valueOf(value));
    }
  }
}
