package io.cairn.chaos.generator;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/** Generators, and what they are put together from. */
public final class Generators {
  private Generators() {}

  /** Makes the {@code n}th call, from 0. */
  public interface CallMaker {
    /** The call; all chance from {@code random}. */
    Call make(RandomGenerator random, long n);
  }

  /** Nothing. */
  public static Generator none() {
    return new Sequence(List.of());
  }

  /** One call by whoever is free. */
  public static Generator once(String f, Object... value) {
    Call call = new Call(f, value.length == 0 ? null : value[0]);
    return limit(1, calls(new Seed(0), (random, n) -> call));
  }

  /** Calls without an end, each by a thread that is free. */
  public static Generator calls(Seed seed, CallMaker maker) {
    return new Calls(seed, 0, maker);
  }

  /** Each of these calls once, in order. */
  public static Generator each(List<Call> list) {
    return limit(
        list.size(), calls(new Seed(list.size()), (random, n) -> list.get(Math.toIntExact(n))));
  }

  /** At most {@code count} calls. */
  public static Generator limit(long count, Generator of) {
    return new Limit(count, of);
  }

  /** Calls at random times, {@code mean} apart over all threads. */
  public static Generator stagger(Seed seed, Duration mean, Generator of) {
    return new Stagger(seed, 0, mean.toNanos(), -1, of);
  }

  /** Ends {@code time} after its first call. */
  public static Generator timeLimit(Duration time, Generator of) {
    return new TimeLimit(time.toNanos(), -1, of);
  }

  /** One after the other; each begins when all threads are free. */
  public static Generator phases(Generator... parts) {
    List<Generator> waiting = new java.util.ArrayList<>();
    for (Generator part : parts) {
      waiting.add(new WhenIdle(part));
    }
    return new Sequence(waiting);
  }

  /** One after the other, without waiting for threads. */
  public static Generator sequence(Generator... parts) {
    return new Sequence(List.of(parts));
  }

  /** For each thread seen one of its own. */
  public static Generator eachThread(Generator each) {
    return new EachThread(each, Map.of());
  }

  /** The first {@code count} clients do one thing, all others another. */
  public static Generator reserve(int count, Generator first, Generator others) {
    return any(
        onThreads(thread -> thread >= 0 && thread < count, first),
        onThreads(thread -> thread >= count, others));
  }

  /** Only for some threads. */
  public static Generator onThreads(IntPredicate threads, Generator of) {
    return new OnThreads(threads, of);
  }

  /** Faults by the nemesis, beside what clients do. */
  public static Generator beside(Generator nemesis, Generator clients) {
    return any(
        onThreads(thread -> thread == Context.NEMESIS, nemesis),
        onThreads(thread -> thread != Context.NEMESIS, clients));
  }

  /** Only for clients. */
  public static Generator clients(Generator of) {
    return onThreads(thread -> thread != Context.NEMESIS, of);
  }

  /** Only for the nemesis. */
  public static Generator nemesis(Generator of) {
    return onThreads(thread -> thread == Context.NEMESIS, of);
  }

  /** Whichever is due first; at one time the first of them. */
  public static Generator any(Generator... of) {
    return new Any(List.of(of));
  }

  /** One of these by chance, each time. One that is at an end is left out. */
  public static Generator mix(Seed seed, Generator... of) {
    return new Mix(seed, 0, List.of(of));
  }

  /** Goes on until one of its calls was ok. */
  public static Generator untilOk(Generator of) {
    return new UntilOk(of, java.util.Set.of(), false);
  }

  /**
   * By each thread its own calls, in order, each until it was ok: those that were not come again
   * after the others and a pause, for {@code patience} at most.
   */
  public static Generator eachUntilOk(
      Map<Integer, List<Call>> byThread, Duration pause, Duration patience) {
    Map<Integer, EachUntilOk.Round> rounds = new TreeMap<>();
    byThread.forEach((thread, calls) -> rounds.put(thread, EachUntilOk.Round.of(calls)));
    return new EachUntilOk(rounds, pause.toNanos(), patience.toNanos(), -1);
  }

  /** The one, the other, the one, until one of them is at an end. */
  public static Generator flipFlop(Generator one, Generator other) {
    return new FlipFlop(one, other);
  }

  /** Nothing, for a random time between half of and one and a half times {@code mean}. */
  public static Generator pause(Seed seed, Duration mean) {
    double factor = 0.5 + seed.random().nextDouble();
    return new Pause((long) (mean.toNanos() * factor), -1);
  }

  /**
   * Keys that have nothing to do with each other: groups of threads, each of which works on one key
   * until that is at an end, then on the next one. Values become {@code [key value]}.
   *
   * @param groupSize threads of a group; a rest of threads joins the last group
   */
  public static Generator independent(int groupSize, LongFunction<Generator> byKey) {
    return new Independent(groupSize, byKey, Map.of(), 0);
  }
}
