package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.client.Bytes;
import io.cairn.client.Compare;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.PutOp;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.ReadMode;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Transactions that append to lists and read them; from the lists an order can be told. */
final class AppendWorkload implements Workload {
  private static final int KEYS_AT_ONCE = 4;
  private static final int TXNS_PER_KEY = 60;
  private static final int OPS_MAX = 4;
  private static final int TRIES_MAX = 4;
  private static final int FINAL_KEYS_MAX = 300;
  private static final Keyword APPEND = new Keyword("append");
  private static final Keyword READ = new Keyword("r");

  @Override
  public String name() {
    return "append";
  }

  @Override
  public String about() {
    return "transactions append to lists and read them: strictly serializable, no cycle";
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.calls(plan.seed(), (random, n) -> new Call("txn", txn(random, n)));
  }

  /** Keys are given up after a while, so that lists stay short. */
  private static List<Object> txn(RandomGenerator random, long n) {
    List<Object> txn = new ArrayList<>();
    int count = 1 + random.nextInt(OPS_MAX);
    for (int i = 0; i < count; i++) {
      long key = n / TXNS_PER_KEY + random.nextInt(KEYS_AT_ONCE);
      txn.add(
          random.nextBoolean()
              ? Arrays.asList(READ, key, null)
              : List.of(APPEND, key, n * OPS_MAX + i));
    }
    return txn;
  }

  /** Several keys in a transaction. */
  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return UsedKeys.byThread(sofar, plan.clients(), FINAL_KEYS_MAX, AppendWorkload::keys)
        .calls(AppendWorkload::reads);
  }

  private static List<Call> reads(List<Long> keys) {
    List<Call> reads = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += 2 * KEYS_AT_ONCE) {
      List<Object> txn = new ArrayList<>();
      for (long key : keys.subList(from, Math.min(keys.size(), from + 2 * KEYS_AT_ONCE))) {
        txn.add(Arrays.asList(READ, key, null));
      }
      reads.add(new Call("txn", txn));
    }
    return reads;
  }

  private static List<Object> keys(Object txn) {
    List<Object> keys = new ArrayList<>();
    Values.list(txn).forEach(op -> keys.add(Values.at(Values.list(op), 1)));
    return keys;
  }

  @Override
  public Client open(TestNode node, long process) {
    return new AppendClient(node, process);
  }

  private static final class AppendClient extends StoreClient {
    AppendClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    Completion perform(Op invocation) {
      List<?> ops = Values.list(invocation.value());
      Set<Object> keys = new LinkedHashSet<>();
      ops.forEach(op -> keys.add(Values.at(Values.list(op), 1)));
      ReadMode mode = mode(invocation);
      for (int i = 0; i < TRIES_MAX; i++) {
        Map<Object, RangeResult> seen = new LinkedHashMap<>();
        keys.forEach(
            key -> seen.put(key, cairn().kv().range(RangeOp.of(KeyRange.key(at(key))), mode)));
        Map<Object, List<Object>> lists = new LinkedHashMap<>();
        seen.forEach((key, found) -> lists.put(key, list(found)));
        Set<Object> written = new LinkedHashSet<>();
        List<Object> done = run(ops, lists, written);
        Compare[] unchanged =
            keys.stream().map(key -> unchanged(key, Values.of(seen, key))).toArray(Compare[]::new);
        PutOp[] puts =
            written.stream().map(key -> put(key, Values.of(lists, key))).toArray(PutOp[]::new);
        TxnResult result = cairn().kv().txn(Txn.when(unchanged).then(puts));
        if (result.succeeded()) {
          return Completion.ok(done, result.revision());
        }
      }
      return Completion.fail(ops, "others were faster");
    }

    /** The transaction as it would be; {@code lists} hold what it leaves behind. */
    private static List<Object> run(
        List<?> ops, Map<Object, List<Object>> lists, Set<Object> written) {
      List<Object> done = new ArrayList<>();
      for (Object each : ops) {
        List<?> op = Values.list(each);
        Object key = Values.at(op, 1);
        List<Object> list = Values.of(lists, key);
        if (Values.at(op, 0).equals(APPEND)) {
          list.add(Values.at(op, 2));
          written.add(key);
          done.add(op);
        } else {
          done.add(List.of(READ, key, List.copyOf(list)));
        }
      }
      return done;
    }

    private static Bytes at(Object key) {
      return Bytes.utf8("append/" + key);
    }

    private static List<Object> list(RangeResult found) {
      List<Object> list = new ArrayList<>();
      found
          .first()
          .ifPresent(
              row -> {
                for (String element : row.value().toUtf8().split(" ", -1)) {
                  list.add(Long.parseLong(element));
                }
              });
      return list;
    }

    private static Compare unchanged(Object key, RangeResult found) {
      long revision = found.first().map(KeyValue::modRevision).orElse(0L);
      return Compare.modRevision(at(key), Compare.Relation.EQUAL, revision);
    }

    private static PutOp put(Object key, List<Object> list) {
      String text = list.stream().map(String::valueOf).collect(Collectors.joining(" "));
      return PutOp.of(at(key), Bytes.utf8(text));
    }
  }
}
