package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys are put, and watched by clients that take windows of revisions, one after the other. */
final class WatchWorkload implements Workload {
  private static final String PREFIX = "watch/";
  private static final int KEYS = 10;

  @Override
  public String name() {
    return "watch";
  }

  @Override
  public String about() {
    return "watches over lost connections and leaders: no event missed, doubled or reordered";
  }

  /** One at each node at least, as long as somebody is left to put. */
  private static int watchers(Plan plan) {
    int wanted = Math.max(plan.nodes(), plan.clients() / 3);
    return Math.max(1, Math.min(wanted, plan.clients() - 1));
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.reserve(
        watchers(plan),
        Generators.calls(plan.seed().child("watch"), (random, n) -> new Call("watch", null)),
        Generators.calls(
            plan.seed().child("put"),
            (random, n) -> {
              Map<String, Object> value = new LinkedHashMap<>();
              value.put("k", (long) random.nextInt(KEYS));
              value.put("v", n);
              return new Call("put", value);
            }));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    Map<Integer, List<Call>> reads = new TreeMap<>(plan.byEach(new Call("watch", null)));
    reads.keySet().removeIf(thread -> thread >= watchers(plan));
    return reads;
  }

  @Override
  public Client open(TestNode node, long process) {
    return new WatchClient(node, process);
  }

  private static final class WatchClient extends StoreClient {
    private final List<WatchEvent> seen = new ArrayList<>();
    private @Nullable WatchCursor cursor;
    private long from;

    WatchClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    boolean changes(String f) {
      return f.equals("put");
    }

    @Override
    Completion perform(Op invocation) {
      return switch (invocation.f()) {
        case "put" -> put(Values.map(invocation.value()));
        case "watch" -> watch(invocation);
        default -> throw unknown(invocation);
      };
    }

    private Completion put(Map<?, ?> value) {
      long revision =
          cairn().kv().put(PREFIX + value.get("k"), String.valueOf(value.get("v"))).revision();
      Map<Object, Object> done = new LinkedHashMap<>(value);
      done.put("rev", revision);
      return Completion.ok(done, revision);
    }

    /**
     * All events up to the revision that is newest when it begins. It knows by a read that it has
     * them: the newest of the watched keys must have come.
     */
    private Completion watch(Op invocation) {
      RangeResult now =
          cairn()
              .kv()
              .range(
                  RangeOp.of(KeyRange.prefix(PREFIX))
                      .sortedBy(RangeOp.Target.MOD_REVISION, true)
                      .limit(1)
                      .keysOnly(),
                  mode(invocation));
      long to = now.revision();
      WatchCursor open = cursor;
      if (open == null) {
        // From the beginning: windows of a watcher that comes late must agree with all others.
        open = cairn().kv().watch(WatchOp.of(KeyRange.prefix(PREFIX)).fromRevision(1));
        cursor = open;
      }
      long newest = now.first().map(KeyValue::modRevision).orElse(0L);
      long endNanos = System.nanoTime() + TIMEOUT.toNanos();
      while (newest > from && lastSeen() < newest) {
        long left = endNanos - System.nanoTime();
        Optional<WatchEvent> event =
            left <= 0 ? Optional.empty() : next(open, Duration.ofNanos(left));
        if (event.isEmpty()) {
          return new Completion(
              OpType.FAIL,
              invocation.value(),
              Map.of(
                  "error",
                  Outcomes.EVENT_MISSING,
                  "message",
                  "no event of revision " + newest + ", last " + lastSeen()));
        }
        seen.add(event.get());
      }
      return Completion.ok(window(to));
    }

    /** A watch that has ended tells nothing any more; the next window is of another one. */
    private Optional<WatchEvent> next(WatchCursor open, Duration patience) {
      try {
        return open.next(patience);
      } catch (CairnException ended) {
        open.close();
        cursor = null;
        seen.clear();
        from = 0;
        throw ended;
      }
    }

    private long lastSeen() {
      return seen.isEmpty() ? from : seen.get(seen.size() - 1).revision();
    }

    private Map<String, Object> window(long to) {
      List<Object> events = new ArrayList<>();
      while (!seen.isEmpty() && seen.get(0).revision() <= to) {
        KeyValue row = seen.remove(0).keyValue();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("rev", row.modRevision());
        event.put("k", Long.parseLong(row.key().toUtf8().substring(PREFIX.length())));
        event.put("v", Long.parseLong(text(row.value())));
        events.add(event);
      }
      Map<String, Object> window = new LinkedHashMap<>();
      window.put("from", from);
      window.put("to", to);
      window.put("events", events);
      from = to;
      return window;
    }

    private static String text(Bytes bytes) {
      return bytes.toUtf8();
    }

    @Override
    public void close() {
      if (cursor != null) {
        cursor.close();
      }
      super.close();
    }
  }
}
