package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Clients and a store that keeps its promises: each operation takes effect at one moment between
 * its beginning and its end, an uncertain one at any time since it began or never, a failed one
 * never.
 */
final class Simulation {
  /** What clients do, and what the store does. */
  interface Store {
    /** What a client does next. */
    Call next(Random random, int client);

    /** Does it now; null refuses it. */
    Effect apply(Call call);

    /** The client has the answer, which is null if it is refused or lost. */
    default void answered(Call call, Effect effect) {}
  }

  /** Something to do. {@code client} stays when its process goes. */
  record Call(int client, String f, Object value) {}

  /** What came of it. */
  record Effect(Object value, Map<String, Object> extras) {
    Effect(Object value) {
      this(value, Map.of());
    }
  }

  private static final class Client {
    private final int number;
    private long process;
    private Call call;
    private Effect effect;
    private boolean isApplied;

    Client(int number) {
      this.number = number;
      this.process = number;
    }
  }

  private final Random random;
  private final Store store;
  private final int clients;
  private final List<Op> ops = new ArrayList<>();
  private final List<Call> late = new ArrayList<>();
  private double uncertain = 0.1;
  private double failed = 0.1;

  Simulation(long seed, Store store, int clients) {
    this.random = new Random(seed);
    this.store = store;
    this.clients = clients;
  }

  /** Shares of operations that become uncertain, and that fail. */
  Simulation rates(double uncertainRate, double failedRate) {
    uncertain = uncertainRate;
    failed = failedRate;
    return this;
  }

  /** Runs until so many operations have begun, and all have ended; then reads with one more. */
  History run(int count, List<Call> last) {
    List<Client> idle = new ArrayList<>();
    List<Client> busy = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      idle.add(new Client(i));
    }
    int begun = 0;
    while (begun < count || !busy.isEmpty()) {
      if (!late.isEmpty() && random.nextInt(20) == 0) {
        store.apply(late.remove(random.nextInt(late.size())));
      }
      if (begun < count && !idle.isEmpty() && (busy.isEmpty() || random.nextInt(3) == 0)) {
        Client client = idle.remove(random.nextInt(idle.size()));
        client.call = store.next(random, client.number);
        client.isApplied = false;
        client.effect = null;
        record(OpType.INVOKE, client.process, client.call.f(), client.call.value(), Map.of());
        busy.add(client);
        begun++;
      } else {
        Client client = busy.get(random.nextInt(busy.size()));
        if (advance(client)) {
          busy.remove(client);
          idle.add(client);
        }
      }
    }
    long reader = clients * 1_000_000L;
    for (Call call : last) {
      record(OpType.INVOKE, reader, call.f(), call.value(), Map.of());
      Effect effect = store.apply(call);
      record(OpType.OK, reader, call.f(), effect.value(), effect.extras());
    }
    return new History(ops);
  }

  /** True once the client's operation has ended. */
  private boolean advance(Client client) {
    Call call = client.call;
    double dice = random.nextDouble();
    if (!client.isApplied && dice < failed) {
      record(OpType.FAIL, client.process, call.f(), call.value(), Map.of());
      store.answered(call, null);
      return true;
    }
    if (dice > 1 - uncertain) {
      record(OpType.INFO, client.process, call.f(), call.value(), Map.of());
      client.process += clients;
      if (!client.isApplied && random.nextBoolean()) {
        late.add(call);
      }
      store.answered(call, null);
      return true;
    }
    if (!client.isApplied) {
      client.effect = store.apply(call);
      client.isApplied = true;
      return false;
    }
    Effect effect = client.effect;
    if (effect == null) {
      record(OpType.FAIL, client.process, call.f(), call.value(), Map.of());
    } else {
      record(OpType.OK, client.process, call.f(), effect.value(), effect.extras());
    }
    store.answered(call, effect);
    return true;
  }

  private void record(
      OpType type, long process, String f, Object value, Map<String, Object> extras) {
    ops.add(new Op(ops.size(), ops.size() * 1_000_000L, type, process, f, value, extras));
  }
}
