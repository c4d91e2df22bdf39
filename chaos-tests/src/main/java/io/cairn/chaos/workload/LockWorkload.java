package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Told;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.client.Bytes;
import io.cairn.client.Compare;
import io.cairn.client.HeldLock;
import io.cairn.client.PutOp;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * One lock, and writes under its token. Holders write with tokens of their past, too; a client that
 * went away leaves its lock to the end of its lease.
 */
final class LockWorkload implements Workload {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final String LOCK = "chaos";
  private static final Bytes DATA = Bytes.utf8("lock-data");
  private static final int OLD_TOKENS_KEPT = 8;

  /** The key of each token that was given out: any process may write with any token. */
  private final Map<Long, Bytes> keys = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "lock";
  }

  @Override
  public String about() {
    return "a lock that fences: no write under a token older than one that was given out before";
  }

  /** Who holds which token, 0 for none, and tokens that were given out. */
  record State(Map<Integer, Long> held, List<Long> tokens) {}

  /** How holders act. */
  private static final class Rules implements Told.Rules<State> {
    @Override
    public Call call(State state, int thread, RandomGenerator random, long n) {
      long token = state.held().getOrDefault(thread, 0L);
      int dice = random.nextInt(10);
      if (dice == 0 && !state.tokens().isEmpty()) {
        long old = state.tokens().get(random.nextInt(state.tokens().size()));
        return new Call("write", write(old, n));
      }
      if (token == 0) {
        return new Call("acquire", null);
      }
      return dice < 7
          ? new Call("write", write(token, n))
          : new Call("release", Map.of("token", token));
    }

    private static Map<String, Object> write(long token, long value) {
      Map<String, Object> write = new LinkedHashMap<>();
      write.put("token", token);
      write.put("v", value);
      return write;
    }

    @Override
    public State after(State state, int thread, Op event) {
      if (event.type() == OpType.INVOKE) {
        return state;
      }
      long held = state.held().getOrDefault(thread, 0L);
      List<Long> tokens = state.tokens();
      boolean ok = event.type() == OpType.OK;
      if (event.f().equals("acquire")) {
        if (ok && event.value() instanceof Map<?, ?> map && map.get("token") instanceof Long mine) {
          held = mine;
          tokens = new ArrayList<>(tokens);
          tokens.add(mine);
          if (tokens.size() > OLD_TOKENS_KEPT) {
            tokens.remove(0);
          }
        }
      } else if (event.value() instanceof Map<?, ?> map
          && map.get("token") instanceof Long used
          && used == held
          && (event.f().equals("release") || "FENCED".equals(event.extras().get("error")))) {
        held = 0;
      }
      Map<Integer, Long> all = new LinkedHashMap<>(state.held());
      all.put(thread, held);
      return new State(all, tokens);
    }
  }

  @Override
  public Generator operations(Plan plan) {
    return new Told<>(plan.seed(), 0, new State(Map.of(), List.of()), new Rules());
  }

  /** One that gets the lock keeps it: there is nothing to read for the others. */
  @Override
  public boolean readsOnEveryNode() {
    return false;
  }

  /** A lock that can be taken again. */
  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return plan.byEach(new Call("acquire", null));
  }

  @Override
  public Client open(TestNode node, long process) {
    return new LockClient(node, process);
  }

  private final class LockClient extends StoreClient {
    private final Map<Long, HeldLock> held = new LinkedHashMap<>();

    LockClient(TestNode node, long process) {
      super(node, process, LEASE);
    }

    @Override
    Completion perform(Op invocation) {
      return switch (invocation.f()) {
        case "acquire" -> acquire();
        case "write" -> write(Values.map(invocation.value()));
        case "release" -> release(Values.map(invocation.value()));
        default -> throw unknown(invocation);
      };
    }

    /** One that acquires has given up what it held, or believed to hold, before. */
    private Completion acquire() {
      List<HeldLock> before = List.copyOf(held.values());
      held.clear();
      before.forEach(HeldLock::close);
      Optional<HeldLock> lock = cairn().locks().tryLock(LOCK);
      if (lock.isEmpty()) {
        return Completion.fail(null, "HELD");
      }
      long token = lock.get().token();
      held.put(token, lock.get());
      keys.put(token, lock.get().key());
      return Completion.ok(Map.of("token", token), token);
    }

    private Completion release(Map<?, ?> value) {
      HeldLock mine = held.remove(Values.number(value, "token"));
      if (mine == null) {
        return Completion.fail(value, "held by a process that is gone");
      }
      boolean isHeld = mine.isHeld();
      mine.close();
      // A lock that may be lost is given up without waiting for an answer.
      return isHeld
          ? Completion.ok(value)
          : Completion.unknown(value, "its lease may have ended before");
    }

    private Completion write(Map<?, ?> value) {
      long token = Values.number(value, "token");
      Bytes key = Values.of(keys, token);
      TxnResult result =
          cairn()
              .kv()
              .txn(
                  Txn.when(Compare.createRevision(key, Compare.Relation.EQUAL, token))
                      .then(PutOp.of(DATA, Bytes.utf8(String.valueOf(value.get("v"))))));
      return result.succeeded()
          ? Completion.ok(value, result.revision())
          : Completion.fail(value, "FENCED");
    }
  }
}
