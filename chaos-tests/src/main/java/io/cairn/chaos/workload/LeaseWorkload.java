package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
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

  /** The lease of each epoch. */
  private final Map<Long, Long> leases = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "lease";
  }

  @Override
  public String about() {
    return "leases are claimed, renewed, left to end and released: none ends early";
  }

  /** Who believes to hold which epoch, 0 for none. */
  record State(Map<Integer, Long> held) {}

  /** How holders act. */
  private static final class Rules implements Told.Rules<State> {
    @Override
    public Call call(State state, int thread, RandomGenerator random, long n) {
      long epoch = state.held().getOrDefault(thread, 0L);
      int dice = random.nextInt(20);
      if (dice < 8) {
        return new Call("read", null);
      }
      Map<String, Object> value = new LinkedHashMap<>();
      if (epoch == 0) {
        value.put("ttl", TTL_MILLIS_MIN + random.nextInt(TTL_MILLIS_SPAN));
        return new Call("claim", value);
      }
      value.put("epoch", epoch);
      return new Call(dice < 19 ? "renew" : "release", value);
    }

    @Override
    public State after(State state, int thread, Op event) {
      if (event.type() == OpType.INVOKE || !(event.value() instanceof Map<?, ?> value)) {
        return state;
      }
      long held = state.held().getOrDefault(thread, 0L);
      boolean ok = event.type() == OpType.OK;
      if (event.f().equals("claim") && ok && value.get("epoch") instanceof Long mine) {
        held = mine;
      } else if (event.f().equals("release") || (event.f().equals("renew") && !ok)) {
        held = 0;
      }
      Map<Integer, Long> all = new LinkedHashMap<>(state.held());
      all.put(thread, held);
      return new State(all);
    }
  }

  @Override
  public Generator operations(Plan plan) {
    return new Told<>(plan.seed(), 0, new State(Map.of()), new Rules());
  }

  @Override
  public Generator finalReads(Plan plan, History sofar) {
    return Generators.eachUntilOk("read");
  }

  @Override
  public Client open(TestNode node, long process) {
    return new LeaseClient(node, process);
  }

  private final class LeaseClient extends StoreClient {
    private final Map<Long, Long> ttls = new LinkedHashMap<>();

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
      leases.put(epoch, lease);
      ttls.put(epoch, ttlMillis);
      Map<String, Object> done = new LinkedHashMap<>();
      done.put("epoch", epoch);
      done.put("ttl", ttlMillis);
      return Completion.ok(done, epoch);
    }

    /** A renewal is for the time to live that the lease was granted with. */
    private Completion renew(Map<?, ?> value) {
      long epoch = Values.number(value, "epoch");
      long lease = leases.getOrDefault(epoch, 0L);
      if (!cairn().leases().renew(lease)) {
        return Completion.fail(value, "LEASE_NOT_FOUND");
      }
      Map<Object, Object> done = new LinkedHashMap<>(value);
      Long ttlMillis = ttls.get(epoch);
      if (ttlMillis != null) {
        done.put("ttl", ttlMillis);
      }
      return Completion.ok(done);
    }

    private Completion release(Map<?, ?> value) {
      cairn().leases().revoke(leases.getOrDefault(Values.number(value, "epoch"), 0L));
      return Completion.ok(value);
    }
  }
}
