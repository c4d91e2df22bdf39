package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Operation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The checker of each workload, by its name. */
public final class Checkers {
  /** Histories up to this length are also searched for an order, where another checker judges. */
  private static final int SEARCHED_OPS_MAX = 4_000;

  private static final int SEARCHED_UNCERTAIN_MAX = 6;

  private static final SearchLimits SHORT = new SearchLimits(Duration.ofSeconds(5), 256L << 20);

  private static final Map<String, Function<Premises, Checker>> BY_WORKLOAD =
      new TreeMap<>(
          Map.of(
              "register",
              premises -> register(),
              "append",
              premises -> new AppendChecker(true),
              "set",
              premises -> searched(new SetChecker(), Models.set()),
              "bank",
              premises -> new BankChecker(),
              "counter",
              premises -> searched(new CounterChecker(), Models.counter()),
              "lock",
              LockChecker::new,
              "task",
              premises -> task(true, false),
              "recovery",
              premises -> task(false, true),
              "watch",
              premises -> new WatchChecker(),
              "lease",
              LeaseChecker::new));

  /** What clients do in each, by name; a checker is shown nothing else. */
  private static final Map<String, Set<String>> OPERATIONS =
      Map.of(
          "register", Set.of("read", "write", "cas", "delete"),
          "append", Set.of("txn"),
          "set", Set.of("add", "read"),
          "bank", Set.of("transfer", "read"),
          "counter", Set.of("add", "read"),
          "lock", Set.of("acquire", "write", "release"),
          "task", Set.of("claim", "checkpoint", "append", "recover"),
          "recovery", Set.of("claim", "checkpoint", "append", "recover"),
          "watch", Set.of("put", "watch"),
          "lease", Set.of("claim", "renew", "release", "read"));

  private Checkers() {}

  /** Names of the operations that the checker of a workload knows. */
  public static Set<String> operations(String workload) {
    return OPERATIONS.getOrDefault(workload, Set.of());
  }

  /** Names of workloads that have a checker, in order. */
  public static Set<String> workloads() {
    return new TreeSet<>(BY_WORKLOAD.keySet());
  }

  /** A checker for histories of a workload; empty if there is no such workload. */
  public static Optional<Checker> of(String workload, Premises premises) {
    return Optional.ofNullable(BY_WORKLOAD.get(workload))
        .map(maker -> maker.apply(premises))
        .map(checker -> history -> checker.check(history.only(operations(workload))));
  }

  /** Several checkers of one history: the worst verdict wins. One that fails says nothing. */
  public static Checker all(Map<String, Checker> parts) {
    return history -> {
      Map<String, Verdict> verdicts = new LinkedHashMap<>();
      parts.forEach((name, checker) -> verdicts.put(name, guarded(checker, history)));
      return Verdict.of(verdicts);
    };
  }

  /**
   * What a part says, which must not be lost when another part fails: at values it was not made
   * for, or for want of memory, which is free again once the part is gone.
   */
  static Verdict guarded(Checker checker, History history) {
    try {
      return checker.check(history);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return new Verdict(Validity.UNKNOWN, Map.of("error", "the checker failed: " + e));
    }
  }

  /**
   * Two checkers each of which proves what it says, so that unknown of the one is outweighed by
   * what the other found.
   */
  static Checker either(String firstName, Checker first, String secondName, Checker second) {
    return history -> {
      Verdict one = guarded(first, history);
      Verdict two = guarded(second, history);
      Validity both = one.validity().and(two.validity());
      boolean isProven = one.validity() == Validity.VALID || two.validity() == Validity.VALID;
      return new Verdict(
          both == Validity.UNKNOWN && isProven ? Validity.VALID : both,
          Map.of(firstName, one, secondName, two));
    };
  }

  /** By revisions where there are any, which is proof enough; and by a search. */
  private static Checker register() {
    Checker search = new LinearizabilityChecker(new RegisterModel(), SearchLimits.DEFAULT);
    Checker limited = new LinearizabilityChecker(new RegisterModel(), SHORT);
    Checker byRevisions = either("revisions", new RevisionChecker(), "linearizable", limited);
    return history ->
        RevisionChecker.applies(history)
            ? byRevisions.check(history)
            : Verdict.of(Map.of("linearizable", search.check(history)));
  }

  /** A search beside a checker that knows its history better; only what it proves counts. */
  private static Checker searched(Checker checker, Model model) {
    return searched(checker, new LinearizabilityChecker(model, SHORT));
  }

  static Checker searched(Checker checker, Checker search) {
    return history -> {
      Map<String, Verdict> verdicts = new LinkedHashMap<>();
      verdicts.put("contents", guarded(checker, history));
      if (isSearched(history)) {
        Verdict found = guarded(search, history);
        if (found.validity() != Validity.UNKNOWN) {
          verdicts.put("linearizable", found);
        }
      }
      return Verdict.of(verdicts);
    };
  }

  /** A search is short if the history is, and little in it is uncertain. */
  private static boolean isSearched(History history) {
    return history.ops().size() <= SEARCHED_OPS_MAX
        && history.operations().stream().filter(Operation::isUncertain).count()
            <= SEARCHED_UNCERTAIN_MAX;
  }

  private static Checker task(boolean needsClaims, boolean needsRecoveries) {
    Map<String, Checker> parts = new LinkedHashMap<>();
    parts.put("epochs", new EpochChecker(needsClaims));
    parts.put("recovery", new RecoveryChecker(needsRecoveries));
    return all(parts);
  }

  /** Judges a history of a workload, of which nothing else is known. */
  public static Verdict check(String workload, History history) {
    return of(workload, Premises.NONE)
        .map(checker -> checker.check(history))
        .orElseGet(() -> Verdict.unknown("no such workload: " + workload));
  }
}
