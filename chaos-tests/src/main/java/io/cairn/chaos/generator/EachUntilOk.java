package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls of each thread's own, in order. Those that were not ok come again once all have had their
 * turn, after a pause, until {@code patienceNanos} have passed since the first question: so one
 * that never becomes ok keeps none of the others from being tried.
 *
 * @param beganNanos negative until the first question
 */
record EachUntilOk(Map<Integer, Round> rounds, long pauseNanos, long patienceNanos, long beganNanos)
    implements Generator {

  /**
   * What is left for one thread.
   *
   * @param place of the next call in this round
   * @param again those of this round that were not ok
   * @param dueNanos when the next call may begin
   */
  record Round(List<Call> calls, int place, List<Call> again, long dueNanos, boolean busy) {
    static Round of(List<Call> calls) {
      return new Round(List.copyOf(calls), 0, List.of(), 0, false);
    }

    boolean isOver() {
      return place == calls.size();
    }

    Round begun() {
      return new Round(calls, place, again, dueNanos, true);
    }

    Round ended(boolean comesAgain, long nextRoundNanos) {
      List<Call> left = again;
      if (comesAgain) {
        left = new ArrayList<>(again);
        left.add(calls.get(place));
      }
      return place + 1 < calls.size()
          ? new Round(calls, place + 1, left, dueNanos, false)
          : new Round(left, 0, List.of(), nextRoundNanos, false);
    }
  }

  @Override
  public Step next(Context context) {
    long began = beganNanos < 0 ? context.timeNanos() : beganNanos;
    @Nullable Round soonest = null;
    int chosen = -1;
    boolean busy = false;
    for (Map.Entry<Integer, Round> entry : rounds.entrySet()) {
      Round round = entry.getValue();
      busy |= round.busy();
      boolean free = context.free().contains(entry.getKey());
      if (free && !round.busy() && !round.isOver()) {
        if (soonest == null || round.dueNanos() < soonest.dueNanos()) {
          soonest = round;
          chosen = entry.getKey();
        }
      }
    }
    if (soonest == null) {
      return busy
          ? new Step.Pending(new EachUntilOk(rounds, pauseNanos, patienceNanos, began))
          : Step.EXHAUSTED;
    }
    Call call = soonest.calls().get(soonest.place());
    return new Step.Emit(
        new Invocation(
            Math.max(soonest.dueNanos(), context.timeNanos()),
            chosen,
            context.process(chosen),
            call.f(),
            call.value()),
        new EachUntilOk(with(chosen, soonest.begun()), pauseNanos, patienceNanos, began));
  }

  @Override
  public Generator update(Context context, Op event) {
    int thread = context.threadOf(event.process());
    Round round = rounds.get(thread);
    if (event.type() == OpType.INVOKE || round == null || !round.busy()) {
      return this;
    }
    boolean patient = event.timeNanos() - beganNanos < patienceNanos;
    Round after = round.ended(event.type() != OpType.OK && patient, event.timeNanos() + pauseNanos);
    return new EachUntilOk(with(thread, after), pauseNanos, patienceNanos, beganNanos);
  }

  private Map<Integer, Round> with(int thread, Round round) {
    Map<Integer, Round> more = new TreeMap<>(rounds);
    more.put(thread, round);
    return more;
  }
}
