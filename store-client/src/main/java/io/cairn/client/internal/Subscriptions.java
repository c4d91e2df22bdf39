package io.cairn.client.internal;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.protocol.v1.WatchCancel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** The wishes of one link, and the ids they have on its present connection. Belongs to the loop. */
final class Subscriptions {
  private final ToLongFunction<Request.Builder> sender;
  private final Consumer<Subscription> statesLater;
  private final Set<Subscription> all = new LinkedHashSet<>();
  private final Map<Long, Subscription> stated = new HashMap<>();

  /** {@code sender} sends a request now and returns its id. */
  Subscriptions(ToLongFunction<Request.Builder> sender, Consumer<Subscription> statesLater) {
    this.sender = sender;
    this.statesLater = statesLater;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  boolean contains(Subscription subscription) {
    return all.contains(subscription);
  }

  boolean isStated(long id) {
    return stated.containsKey(id);
  }

  void add(Subscription subscription) {
    all.add(subscription);
  }

  /** Drops a wish; {@code tell}: the server has to be told. */
  void remove(Subscription subscription, boolean tell) {
    all.remove(subscription);
    List<Long> ids = new ArrayList<>();
    stated.forEach(
        (id, other) -> {
          if (other == subscription) {
            ids.add(id);
          }
        });
    for (long id : ids) {
      stated.remove(id);
      if (tell) {
        long unused =
            sender.applyAsLong(
                Request.newBuilder()
                    .setGroup(LinkContext.GROUP)
                    .setWatchCancel(WatchCancel.newBuilder().setWatchId(id)));
      }
    }
  }

  /** States one wish under a new id. */
  void state(Subscription subscription) {
    stated.values().removeIf(other -> other == subscription);
    stated.put(sender.applyAsLong(subscription.request().toBuilder()), subscription);
  }

  /** States all wishes, on a new connection. */
  void stateAll() {
    all.forEach(this::state);
  }

  /** The connection is gone, and its ids with it. */
  void connectionLost() {
    stated.clear();
    all.forEach(Subscription::connectionLost);
  }

  /** Takes an answer to a wish that {@link #isStated}; END: nothing is left to do. */
  Retry answered(Answer answer) {
    Subscription subscription = stated.get(answer.getId());
    if (subscription == null) {
      return Retry.END;
    }
    if (!answer.hasFailure()) {
      subscription.stands(answer.getWatchCreated().getRevision());
      return Retry.END;
    }
    stated.remove(answer.getId());
    return refused(subscription, answer.getFailure());
  }

  /** Hands a batch to its wish; END: nothing is left to do. */
  Retry batch(WatchBatch batch) {
    Subscription subscription = stated.get(batch.getWatchId());
    if (subscription == null) {
      return Retry.END;
    }
    subscription.batch(batch);
    if (!batch.hasCancelled()) {
      return Retry.END;
    }
    stated.remove(batch.getWatchId());
    return refused(subscription, batch.getCancelled());
  }

  /** Ends all wishes. */
  void end(Failure why) {
    List<Subscription> ended = List.copyOf(all);
    all.clear();
    stated.clear();
    ended.forEach(subscription -> subscription.ended(why));
  }

  private Retry refused(Subscription subscription, Failure why) {
    Retry next = Retry.of(ErrorCode.ofNumber(why.getCode()));
    if (next == Retry.END) {
      all.remove(subscription);
      subscription.ended(why);
    } else if (next == Retry.PAUSE) {
      statesLater.accept(subscription);
      return Retry.END;
    }
    return next;
  }
}
