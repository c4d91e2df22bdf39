package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.History;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Money goes from account to account in transactions; their sum never changes. */
final class BankWorkload implements Workload {
  private static final int ACCOUNTS = 8;
  private static final long BALANCE_FIRST = 10;
  private static final int AMOUNT_MAX = 5;
  private static final String PREFIX = "bank/";

  @Override
  public String name() {
    return "bank";
  }

  @Override
  public String about() {
    return "transfers between accounts in transactions: the sum of all never changes";
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.mix(
        plan.seed().child("mix"),
        Generators.calls(plan.seed().child("read"), (random, n) -> new Call("read", null)),
        Generators.calls(
            plan.seed().child("transfer"),
            (random, n) -> {
              long from = random.nextInt(ACCOUNTS);
              long to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
              Map<String, Object> order = new LinkedHashMap<>();
              order.put("from", from);
              order.put("to", to);
              order.put("amount", 1L + random.nextInt(AMOUNT_MAX));
              return new Call("transfer", order);
            }));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return plan.byEach(new Call("read", null));
  }

  @Override
  public Client open(TestNode node, long process) {
    return new BankClient(node, process);
  }

  private static final class BankClient extends StoreClient {
    BankClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    public void setup() {
      PutOp[] first =
          LongStream.range(0, ACCOUNTS)
              .mapToObj(account -> PutOp.of(PREFIX + account, Long.toString(BALANCE_FIRST)))
              .toArray(PutOp[]::new);
      cairn().kv().txn(Txn.when(Compare.absent(first[0].key())).then(first));
    }

    @Override
    Completion perform(Op invocation) {
      return switch (invocation.f()) {
        case "read" -> read(mode(invocation));
        case "transfer" -> transfer(invocation, Values.map(invocation.value()));
        default -> throw unknown(invocation);
      };
    }

    private Completion read(ReadMode mode) {
      RangeResult found = cairn().kv().range(RangeOp.of(KeyRange.prefix(PREFIX)), mode);
      Map<Long, Object> balances = new LinkedHashMap<>();
      for (KeyValue row : found.keyValues()) {
        balances.put(Long.parseLong(row.key().toUtf8().substring(PREFIX.length())), number(row));
      }
      return Completion.ok(balances, found.revision());
    }

    private Completion transfer(Op invocation, Map<?, ?> order) {
      Bytes from = Bytes.utf8(PREFIX + order.get("from"));
      Bytes to = Bytes.utf8(PREFIX + order.get("to"));
      long amount = Values.number(order, "amount");
      Optional<KeyValue> payer = cairn().kv().get(from);
      Optional<KeyValue> payee = cairn().kv().get(to);
      if (payer.isEmpty() || payee.isEmpty()) {
        return Completion.fail(order, "no such account");
      }
      long left = number(payer.get()) - amount;
      if (left < 0) {
        return Completion.fail(order, "not enough");
      }
      TxnResult result =
          cairn()
              .kv()
              .txn(
                  Txn.when(unchanged(payer.get()), unchanged(payee.get()))
                      .then(
                          PutOp.of(from, Bytes.utf8(Long.toString(left))),
                          PutOp.of(to, Bytes.utf8(Long.toString(number(payee.get()) + amount)))));
      return result.succeeded()
          ? Completion.ok(invocation.value(), result.revision())
          : Completion.fail(order, "another was faster");
    }

    private static Compare unchanged(KeyValue row) {
      return Compare.modRevision(row.key(), Compare.Relation.EQUAL, row.modRevision());
    }

    private static long number(KeyValue row) {
      return Long.parseLong(row.value().toUtf8());
    }
  }
}
