package io.cairn.server.raft;

import io.cairn.core.engine.Deadlines;
import io.cairn.core.engine.Housekeeping;
import io.cairn.core.engine.MemberTable;
import io.cairn.core.storage.StorageClosedException;
import io.cairn.core.storage.View;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Expire;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.LeaderStart;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.MemberJoined;
import io.cairn.protocol.v1.MemberPut;
import io.cairn.protocol.v1.Outcome;
import io.cairn.server.group.Reply;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a leader proposes of its own: LeaderStart, Expire for what is due (I10), housekeeping, and
 * the rows of the first members. At most one proposal of each kind is under way.
 *
 * <p>One thread looks every {@link #TICK_MILLIS} while entries are applied or something is due.
 * Otherwise it rests until the nearest deadline or the next housekeeping, and what is applied
 * meanwhile has it look within a tick. A server that does not lead waits for its term.
 */
final class LeaderDuties implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);

  /** The pause between two looks while there is something to do. */
  static final long TICK_MILLIS = 50;

  /** From one look at what can be removed to the next, and the longest rest. */
  static final long HOUSEKEEPING_MILLIS = 1_000;

  /**
   * Rows of one step of housekeeping, and the pause before the next: a step holds up what is
   * applied after it, and compaction may leave a million rows to remove.
   */
  private static final int HOUSEKEEP_ROWS = 250;

  private static final long HOUSEKEEP_PAUSE_MILLIS = 10;

  /** Steps in a row after which more comes than goes, or very much has come: they grow. */
  private static final int HOUSEKEEP_STEPS_SMALL = 1_000;

  private static final int HOUSEKEEP_ROWS_MANY = 1_000;

  /**
   * For so long after a leader's start it asks at each housekeeping who has joined, then rarely.
   */
  private static final long JOINING_MILLIS = 60_000;

  private static final int HOUSEKEEPINGS_PER_LATE_QUESTION = 10;

  private final int group;
  private final Member self;
  private final List<Member> firstMembers;
  private final Leadership leadership;
  private final Proposer proposer;
  private final Supplier<View> views;
  private final Rest rest;
  private final Predicate<Member> hasStored;
  private final Runnable onConfirmed;
  private final ScheduledThreadPoolExecutor thread;

  // Duty thread only.
  private final Duty leaderStart = new Duty();
  private final Duty expire = new Duty();
  private final Duty housekeep = new Duty();
  private final Duty members = new Duty();
  private final Duty question = new Duty();
  private final Deadlines deadlines = new Deadlines();
  private boolean housekeepingSoon;
  private int housekeepingSteps;
  private @Nullable Reign housekept;
  private long housekeptAtMillis;
  private long housekeepings;
  private @Nullable Future<?> next;
  private volatile Optional<Voters> voters = Optional.empty();

  /** One kind of proposal, of which one may be under way. The outcome's thread sets it free. */
  private static final class Duty {
    private final AtomicBoolean underWay = new AtomicBoolean();

    boolean begin() {
      return underWay.compareAndSet(false, true);
    }

    void end() {
      underWay.set(false);
    }
  }

  LeaderDuties(
      RaftStoreGroup.Settings settings,
      Leadership leadership,
      Proposer proposer,
      Supplier<View> views,
      LongSupplier appliedIndex,
      Predicate<Member> hasStored,
      Runnable onConfirmed) {
    this.group = settings.group();
    this.self = settings.self();
    this.firstMembers = settings.firstMembers();
    this.leadership = leadership;
    this.proposer = proposer;
    this.views = views;
    this.rest = new Rest(appliedIndex);
    this.hasStored = hasStored;
    this.onConfirmed = onConfirmed;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "cairn-duties");
              made.setDaemon(true);
              return made;
            });
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false); // nobody waits for a rest
  }

  /** Begins. */
  void start(Voters ofTheGroup) {
    voters = Optional.of(ofTheGroup);
    wake();
  }

  /** Looks now, because a term began. */
  void wake() {
    later(this::look);
  }

  /** Looks within a tick, as an entry was applied. On the applying thread, after the index rose. */
  void applied() {
    if (rest.end()) {
      var unused = after(TICK_MILLIS, this::look);
    }
  }

  /** On the duty thread. Also called on the applying thread, which must not be thrown at. */
  private void later(Runnable duty) {
    var unused = after(0, duty);
  }

  private @Nullable Future<?> after(long millis, Runnable duty) {
    try {
      return thread.schedule(duty, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the node is stopping, no duties any more");
      return null;
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("duties did not end in 5 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever is thrown: a leader without duties serves nobody. */
  private void look() {
    rest.end();
    long pauseMillis = TICK_MILLIS;
    try {
      pauseMillis = tick();
    } catch (RuntimeException | Error e) {
      LOG.warn("duties are looked at again in {} ms", TICK_MILLIS, e);
    }
    if (next != null) {
      next.cancel(false); // there may be one, when this look was asked for
    }
    next = after(pauseMillis, this::look);
  }

  /**
   * One look; milliseconds until the next one is due. The duty thread, or a test that has not
   * started one.
   */
  long tick() {
    Optional<Reign> current = leadership.current();
    if (current.isEmpty()) {
      return HOUSEKEEPING_MILLIS; // the beginning of a term wakes
    }
    Reign reign = current.get();
    if (!reign.confirmed()) {
      startReign(reign);
      return TICK_MILLIS;
    }
    try (View view = views.get()) {
      long pauseMillis = Math.min(expireDue(view, reign), keepHouse(view, reign));
      return pauseMillis > TICK_MILLIS && rest.begin(view.appliedIndex())
          ? pauseMillis
          : TICK_MILLIS;
    } catch (IllegalStateException | StorageClosedException e) {
      LOG.debug("no view: {}", e.getMessage()); // the database is being closed or replaced
      return TICK_MILLIS;
    }
  }

  /** Proposes an Expire if something is due; milliseconds until something will be. */
  private long expireDue(View view, Reign reign) {
    OptionalLong nearest = deadlines.nearestMillis(view);
    if (nearest.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long leftMillis = nearest.getAsLong() - reign.logTimeMillis();
    if (leftMillis <= 0) {
      proposeExpire(view, reign);
    }
    return leftMillis;
  }

  /** Housekeeping and the members' rows, when it is time; milliseconds until it will be. */
  private long keepHouse(View view, Reign reign) {
    if (housekept != reign) {
      housekept = reign;
      housekeptAtMillis = 0;
    }
    long leftMillis = housekeptAtMillis + HOUSEKEEPING_MILLIS - reign.ageMillis();
    if (leftMillis > 0) {
      return leftMillis;
    }
    housekeptAtMillis = reign.ageMillis();
    housekeepings++;
    if (!Housekeeping.pending(view)) {
      housekeepingSteps = 0;
    } else if (!housekeepingSoon) {
      proposeHousekeeping();
    }
    List<Member> rows = MemberTable.list(view);
    voters.ifPresent(known -> proposeFirstMembers(rows, known.peers()));
    if (housekeptAtMillis < JOINING_MILLIS
        || housekeepings % HOUSEKEEPINGS_PER_LATE_QUESTION == 0) {
      noteJoined(rows.stream().filter(row -> !row.getJoined()).toList());
    }
    return HOUSEKEEPING_MILLIS;
  }

  private void startReign(Reign reign) {
    Command command =
        command().setLeaderStart(LeaderStart.newBuilder().setLeader(self.getRaftAddress())).build();
    propose(
        leaderStart,
        command,
        outcome -> {
          if (outcome.hasError()) {
            throw new IllegalStateException("LeaderStart was refused: " + outcome.getError());
          }
          reign.confirm();
          onConfirmed.run();
        });
  }

  private void proposeExpire(View view, Reign reign) {
    Expire due = deadlines.due(view, reign.logTimeMillis());
    propose(
        expire,
        command().setExpire(due).build(),
        outcome -> {
          if (Deadlines.goesOn(due)) {
            wake();
          }
        });
  }

  private void proposeHousekeeping() {
    housekeepingSteps++;
    int rows = housekeepingSteps > HOUSEKEEP_STEPS_SMALL ? HOUSEKEEP_ROWS_MANY : HOUSEKEEP_ROWS;
    propose(
        housekeep,
        command().setHousekeep(Housekeep.newBuilder().setRowsMax(rows)).build(),
        outcome -> {
          if (outcome.getHousekeep().getMore()) {
            later(this::housekeepSoon);
          }
        });
  }

  private void housekeepSoon() {
    if (housekeepingSoon) {
      return;
    }
    housekeepingSoon = true;
    var unused =
        after(
            HOUSEKEEP_PAUSE_MILLIS,
            () -> {
              housekeepingSoon = false;
              proposeHousekeeping();
            });
  }

  private void proposeFirstMembers(List<Member> rows, List<RaftPeer> peers) {
    for (Member member : unlisted(firstMembers, rows, peers)) {
      proposer.offer(
          command().setMemberPut(MemberPut.newBuilder().setMember(member)).build(),
          reply(members, outcome -> {}));
    }
  }

  /**
   * The members of a cluster's forming that vote and have no row yet: all of them at first, some
   * when a leader died between their commands. One that is being removed loses its vote before its
   * row, so it does not come back.
   */
  static List<Member> unlisted(List<Member> first, List<Member> rows, List<RaftPeer> peers) {
    return first.stream()
        .filter(member -> peers.contains(RaftPeer.parse(member.getRaftAddress())))
        .filter(
            member ->
                rows.stream()
                    .noneMatch(
                        row ->
                            row.getName().equals(member.getName())
                                || row.getRaftAddress().equals(member.getRaftAddress())))
        .toList();
  }

  /**
   * Notes who has stored entries (I9), so that an emptied disk cannot come back under a name that
   * has a past. What a member says of its log is asked on another thread, as it may not answer.
   */
  private void noteJoined(List<Member> notYet) {
    List<Member> others = notYet.stream().filter(member -> !isSelf(member)).toList();
    notYet.stream().filter(this::isSelf).forEach(this::proposeJoined);
    if (others.isEmpty() || !question.begin()) {
      return;
    }
    var unused =
        CompletableFuture.runAsync(
                () -> others.stream().filter(hasStored).forEach(this::proposeJoined))
            .whenComplete((done, failure) -> question.end());
  }

  private boolean isSelf(Member member) {
    return member.getRaftAddress().equals(self.getRaftAddress());
  }

  private void proposeJoined(Member member) {
    MemberJoined row =
        MemberJoined.newBuilder()
            .setName(member.getName())
            .setRaftAddress(member.getRaftAddress())
            .build();
    proposer.offer(command().setMemberJoined(row).build(), reply(members, outcome -> {}));
  }

  private void propose(Duty duty, Command command, Consumer<Outcome> then) {
    if (duty.begin()) {
      proposer.offer(command, reply(duty, then));
    }
  }

  private static Reply<Outcome> reply(Duty duty, Consumer<Outcome> then) {
    return new Reply<>() {
      @Override
      public void done(Outcome outcome) {
        duty.end();
        then.accept(outcome);
      }

      @Override
      public void failed(Failure failure) {
        duty.end(); // the next tick looks again
      }
    };
  }

  private Command.Builder command() {
    return Command.newBuilder().setGroup(group);
  }
}
