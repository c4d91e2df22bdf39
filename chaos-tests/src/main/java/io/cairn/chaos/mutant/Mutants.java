package io.cairn.chaos.mutant;

import java.util.List;
import java.util.Optional;

/**
 * The planted bugs. A promise that no bug in this list breaks has not been shown to be looked at.
 */
public final class Mutants {
  /** By revisions or by search. */
  private static final Proof NOT_LINEARIZABLE =
      Proof.of("linearizable", "wrong-state", "against-real-time", "revision-twice");

  /** All, in the order of the path of a request. */
  public static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "local-read",
              "a linearizable read is answered from what the asked server has applied",
              "register",
              List.of("partition"),
              200,
              60,
              NOT_LINEARIZABLE),
          new Mutant(
              "answer-before-commit",
              "a put is answered when it is proposed, not when a majority has it",
              "register",
              List.of("partition", "kill"),
              200,
              60,
              NOT_LINEARIZABLE),
          new Mutant(
              "answer-before-fsync",
              "entries are answered before the log is on the disk",
              "set",
              List.of("power-cut"),
              200,
              60,
              Proof.of("lost", "stale")),
          new Mutant(
              "no-dedupe",
              "a request that is sent again takes effect again",
              "counter",
              List.of("partition", "kill"),
              200,
              60,
              Proof.of("too-much")),
          new Mutant(
              "epoch-at-propose-only",
              "an owner's epoch is looked up when a write comes in, every 2 s, not where it is"
                  + " applied",
              "task",
              List.of("pause"),
              200,
              60,
              Proof.of("stale-epoch")),
          new Mutant(
              "dedupe-not-in-snapshot",
              "sessions and the outcomes kept for resends do not come with a snapshot",
              "counter",
              List.of("snapshot-install", "kill"),
              200,
              90,
              Proof.of("too-much").orDigests()),
          new Mutant(
              "snapshot-without-last-entry",
              "a snapshot says that it has one entry more than it has",
              "set",
              List.of("snapshot-install"),
              200,
              60,
              Proof.of("lost", "stale").orDigests()),
          new Mutant(
              "nondeterministic-apply",
              "log time depends on the clock of the server that applies",
              "register",
              List.of("kill"),
              200,
              30,
              Proof.of().orDigests()),
          new Mutant(
              "watch-off-by-one",
              "a watch that goes on leaves out the first revision it was asked for",
              "watch",
              List.of("kill"),
              200,
              60,
              Proof.of("missed")),
          new Mutant(
              "lease-by-wall-clock",
              "log time follows the wall clock, so that a jump of it ends leases early",
              "lease",
              List.of("clock-jump"),
              200,
              60,
              Proof.of("ended-early")),
          new Mutant(
              "vote-not-persisted",
              "term and vote are kept in memory only",
              "set",
              List.of("kill"),
              200,
              120,
              Proof.of("lost", "stale", "two-leaders", "cuts-applied", "applies-older")
                  .orDigests()),
          new Mutant(
              "wiped-voter",
              "a server whose disk was emptied forms and votes as if it had acknowledged nothing",
              "set",
              List.of("amnesia"),
              200,
              60,
              Proof.of("lost", "stale").orDigests()),
          new Mutant(
              "fsync-error-ignored",
              "a write or fsync of the log that fails counts as done",
              "set",
              List.of("io-error"), // a kill would mend what has failed; all are killed in the end
              200,
              60,
              Proof.of("lost", "stale").orDigests()),
          new Mutant(
              "log-crc-off",
              "checksums of the log's entries are not looked at",
              "register",
              List.of("bit-flip"),
              200,
              60,
              NOT_LINEARIZABLE.or("applies-damage").orDigests()));

  private Mutants() {}

  /** The one of this name. */
  public static Optional<Mutant> find(String name) {
    return ALL.stream().filter(mutant -> mutant.name().equals(name)).findFirst();
  }
}
