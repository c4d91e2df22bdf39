package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Told;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * One key that hangs on a lease: who puts it holds the lease, until the lease ends and the key with
 * it. The epoch is the key's create revision. Nothing renews by itself.
 */
final class LeaseWorkload implements Workload {
  private static final Bytes KEY = Bytes.utf8("lease-holder");
  private static final long TTL_MILLIS_MIN = 1_000;
  private static final int TTL_MILLIS_SPAN = 2_000;

  private static final String NO_LEASE = "LEASE_NOT_FOUND";
  private static final Keyword RELEASE = new Keyword("release");
  private static final Keyword ABANDON = new Keyword("abandon");

  /** A lease that was granted. */
  private record Granted(long lease, long ttlMillis) {}

  /** That of each epoch; a thread goes on with it under another process. */
  private final Map<Long, Granted> leases = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "lease";
  }

  @Override
  public String about() {
    return "leases are claimed, renewed, left to end and released: none ends early";
  }

  /**
   * What a holder means to do, planned with its claim.
   *
   * @param epoch 0 while the claim is under way
   * @param renewals how many are left; then it is given up
   * @param released false if it is left to its end
   */
  record Holding(long epoch, long renewals, boolean released) {
    Holding under(long granted) {
      return new Holding(granted, renewals, released);
    }

    Holding renewed() {
      return new Holding(epoch, Math.max(0, renewals - 1), released);
    }
  }

  /** What each thread holds, or is about to claim. */
  record State(Map<Integer, Holding> holdings) {
    State with(int thread, Holding holding) {
      Map<Integer, Holding> all = new LinkedHashMap<>(holdings);
      all.put(thread, holding);
      return new State(all);
    }

    State without(int thread) {
      Map<Integer, Holding> all = new LinkedHashMap<>(holdings);
      all.remove(thread);
      return new State(all);
    }
  }

  /**
   * How holders act: each lease is renewed some times, also not at all, and then either released or
   * left alone, while its holder and all others look whether it is still there.
   */
  static final class Rules implements Told.Rules<State> {
    private static final int RENEWALS_MAX = 3;
    private static final int RELEASED_ONE_IN = 4;

    @Override
    public Call call(State state, int thread, RandomGenerator random, long n) {
      Holding holding = state.holdings().get(thread);
      boolean reads = random.nextInt(20) < 8;
      if (reads || (holding != null && holding.renewals() == 0 && !holding.released())) {
        return new Call("read", null);
      }
      Map<String, Object> value = new LinkedHashMap<>();
      if (holding == null || holding.epoch() == 0) {
        value.put("ttl", TTL_MILLIS_MIN + random.nextInt(TTL_MILLIS_SPAN));
        value.put("renewals", (long) random.nextInt(RENEWALS_MAX + 1));
        value.put("then", random.nextInt(RELEASED_ONE_IN) == 0 ? RELEASE : ABANDON);
        return new Call("claim", value);
      }
      value.put("epoch", holding.epoch());
      return new Call(holding.renewals() > 0 ? "renew" : "release", value);
    }

    @Override
    public State after(State state, int thread, Op event) {
      Holding holding = state.holdings().get(thread);
      if (event.f().equals("claim")) {
        return afterClaim(state, thread, event);
      }
      if (event.type() == OpType.INVOKE || holding == null) {
        return state;
      }
      return switch (event.f()) {
        case "read" -> isGone(holding, event) ? state.without(thread) : state;
        case "renew" ->
            event.type() == OpType.FAIL && NO_LEASE.equals(event.extras().get("error"))
                ? state.without(thread)
                : state.with(thread, holding.renewed());
        case "release" -> state.without(thread);
        default -> state;
      };
    }

    private static State afterClaim(State state, int thread, Op event) {
      Holding planned = state.holdings().get(thread);
      if (!(event.value() instanceof Map<?, ?> value)) {
        return state;
      }
      if (event.type() == OpType.INVOKE) {
        boolean released = RELEASE.equals(value.get("then"));
        return state.with(thread, new Holding(0, Values.number(value, "renewals"), released));
      }
      return planned != null
              && event.type() == OpType.OK
              && value.get("epoch") instanceof Long epoch
          ? state.with(thread, planned.under(epoch))
          : state.without(thread);
    }

    /** A read of one's own, after the claim, that shows another holder or none. */
    private static boolean isGone(Holding holding, Op event) {
      return event.type() == OpType.OK
          && !(event.value() instanceof Map<?, ?> shown
              && shown.get("epoch") instanceof Long epoch
              && epoch == holding.epoch());
    }
  }

  @Override
  public Generator operations(Plan plan) {
    return new Told<>(plan.seed(), 0, new State(Map.of()), new Rules());
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return plan.byEach(new Call("read", null));
  }

  @Override
  public Client open(TestNode node, long process) {
    return new LeaseClient(node, process);
  }

  private final class LeaseClient extends StoreClient {
    LeaseClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    Completion perform(Op invocation) {
      return switch (invocation.f()) {
        case "read" -> read(mode(invocation));
        case "claim" -> claim(Values.map(invocation.value()));
        case "renew" -> renew(Values.map(invocation.value()));
        case "release" -> release(Values.map(invocation.value()));
        default -> throw unknown(invocation);
      };
    }

    private Completion read(ReadMode mode) {
      RangeResult found = cairn().kv().range(RangeOp.of(KeyRange.key(KEY)), mode);
      return Completion.ok(
          found
              .first()
              .map(KeyValue::createRevision)
              .<Object>map(epoch -> Map.of("epoch", epoch))
              .orElse(Keyword.ABSENT),
          found.revision());
    }

    private Completion claim(Map<?, ?> value) {
      if (cairn().kv().get(KEY).isPresent()) {
        return Completion.fail(value, "HELD");
      }
      long ttlMillis = Values.number(value, "ttl");
      long lease = cairn().leases().grant(Duration.ofMillis(ttlMillis)).id();
      PutOp put = PutOp.of(KEY, Bytes.utf8(Long.toString(lease))).withLease(lease);
      TxnResult result = cairn().kv().txn(Txn.when(Compare.absent(KEY)).then(put));
      if (!result.succeeded()) {
        return Completion.fail(value, "HELD");
      }
      long epoch = result.revision();
      leases.put(epoch, new Granted(lease, ttlMillis));
      Map<String, Object> done = new LinkedHashMap<>();
      done.put("epoch", epoch);
      done.put("ttl", ttlMillis);
      return Completion.ok(done, epoch);
    }

    /** A renewal is for the time to live that the lease was granted with. */
    private Completion renew(Map<?, ?> value) {
      Granted granted = Values.of(leases, Values.number(value, "epoch"));
      if (!cairn().leases().renew(granted.lease())) {
        return Completion.fail(value, NO_LEASE);
      }
      Map<Object, Object> done = new LinkedHashMap<>(value);
      done.put("ttl", granted.ttlMillis());
      return Completion.ok(done);
    }

    private Completion release(Map<?, ?> value) {
      cairn().leases().revoke(Values.of(leases, Values.number(value, "epoch")).lease());
      return Completion.ok(value);
    }
  }
}
