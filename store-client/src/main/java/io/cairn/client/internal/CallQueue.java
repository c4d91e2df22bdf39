package io.cairn.client.internal;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The calls of one link that are not over: held back until their session stands, waiting to be sent
 * in their order, pausing after a refusal, or on the wire. Bounded by who admits calls. Belongs to
 * the loop.
 */
final class CallQueue {
  private final Set<Call> held = new HashSet<>();
  private final TreeMap<Long, Call> waiting = new TreeMap<>();
  private final Set<Call> pausing = new HashSet<>();
  private final Map<Long, Call> onTheWire = new LinkedHashMap<>();
  private long earliestNanos;
  private boolean earliestKnown;

  /** Keeps an eye on the deadline of a call that cannot be sent yet. */
  void hold(Call call) {
    held.add(call);
    mind(call.deadlineNanos);
  }

  /** A call that can be sent. */
  void add(Call call) {
    held.remove(call);
    waiting.put(call.number, call);
    mind(call.deadlineNanos);
  }

  /** A call that is to be sent again at its time. */
  void pause(Call call) {
    pausing.add(call);
    mind(call.notBeforeNanos());
  }

  /** The next call to send, without taking it. */
  Optional<Call> peek() {
    while (!waiting.isEmpty()) {
      Call call = waiting.firstEntry().getValue();
      if (!call.isOver()) {
        return Optional.of(call);
      }
      waiting.pollFirstEntry();
    }
    return Optional.empty();
  }

  /** The call that {@link #peek} told of goes out under {@code wireId}. */
  void sent(Call call, long wireId, long nowNanos) {
    waiting.remove(call.number);
    onTheWire.put(wireId, call);
    call.sent(nowNanos);
  }

  /** Takes a call off the wire; empty if it is over. */
  Optional<Call> answered(long wireId) {
    Call call = onTheWire.remove(wireId);
    return call == null || call.isOver() ? Optional.empty() : Optional.of(call);
  }

  /** The connection is gone: all that was on the wire waits again, in its old order. */
  void connectionLost(String why) {
    for (Call call : onTheWire.values()) {
      if (!call.isOver()) {
        call.lost(why);
        waiting.put(call.number, call);
      }
    }
    onTheWire.clear();
  }

  /** A connection could not be made or was lost: calls that were never sent tell of it. */
  void trouble(String what) {
    waiting.values().forEach(call -> call.trouble(what));
    held.forEach(call -> call.trouble(what));
  }

  /** A call was refused. Held calls, which may wait for what it was to do, tell of it. */
  void refused(Call call, Failure failure) {
    call.refused(failure);
    if (ErrorCode.ofNumber(failure.getCode()).retriable()) {
      held.forEach(other -> other.notYet(failure));
    }
  }

  /** Ends all calls, for the stream was ended with a refusal that would come again. */
  void end(Failure told, String why) {
    // I8: what ends the stream says nothing of the requests that were on it.
    connectionLost(why);
    clear().forEach(call -> call.end(told));
  }

  /** Ends what is past its deadline, and lets go on what has paused long enough. */
  void tick(long nowNanos, Consumer<Call> expired) {
    if (!earliestKnown || nowNanos - earliestNanos < 0) {
      return;
    }
    earliestKnown = false;
    expire(held, nowNanos, expired);
    expire(waiting.values(), nowNanos, expired);
    expire(onTheWire.values(), nowNanos, expired);
    Iterator<Call> paused = pausing.iterator();
    while (paused.hasNext()) {
      Call call = paused.next();
      if (call.isOver()) {
        paused.remove();
      } else if (nowNanos - call.deadlineNanos >= 0) {
        paused.remove();
        expired.accept(call);
      } else if (nowNanos - call.notBeforeNanos() >= 0) {
        paused.remove();
        add(call);
      } else {
        mind(call.notBeforeNanos());
        mind(call.deadlineNanos);
      }
    }
  }

  /** When the oldest call on the wire was sent; empty if there is none. */
  Optional<Long> oldestSentNanos() {
    return onTheWire.values().stream().findFirst().map(Call::sentNanos);
  }

  int onTheWire() {
    return onTheWire.size();
  }

  boolean isEmpty() {
    return held.isEmpty() && waiting.isEmpty() && pausing.isEmpty() && onTheWire.isEmpty();
  }

  /** Takes out all calls there are. */
  List<Call> clear() {
    List<Call> all = new ArrayList<>(onTheWire.values());
    all.addAll(waiting.values());
    all.addAll(pausing);
    all.addAll(held);
    onTheWire.clear();
    waiting.clear();
    pausing.clear();
    held.clear();
    return all;
  }

  private void expire(Collection<Call> calls, long nowNanos, Consumer<Call> expired) {
    List<Call> due = new ArrayList<>();
    Iterator<Call> each = calls.iterator();
    while (each.hasNext()) {
      Call call = each.next();
      if (call.isOver()) {
        each.remove();
      } else if (nowNanos - call.deadlineNanos >= 0) {
        each.remove();
        due.add(call);
      } else {
        mind(call.deadlineNanos);
      }
    }
    due.forEach(expired);
  }

  private void mind(long nanos) {
    if (!earliestKnown || nanos - earliestNanos < 0) {
      earliestKnown = true;
      earliestNanos = nanos;
    }
  }
}
