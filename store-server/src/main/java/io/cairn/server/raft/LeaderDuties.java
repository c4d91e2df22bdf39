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
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a leader proposes of its own: LeaderStart, Expire for what is due (I10), housekeeping, and
 * the rows of the first members. One thread looks every {@link #TICK_MILLIS}; at most one proposal
 * of each kind is under way.
 */
final class LeaderDuties implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);
  private static final long TICK_MILLIS = 50;
  private static final int TICKS_PER_HOUSEKEEPING = 20;

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

  private static final int TICKS_PER_LATE_QUESTION = 10 * TICKS_PER_HOUSEKEEPING;

  private final int group;
  private final Member self;
  private final List<Member> firstMembers;
  private final Leadership leadership;
  private final Proposer proposer;
  private final Supplier<View> views;
  private final Predicate<Member> hasStored;
  private final Runnable onConfirmed;
  private final ScheduledExecutorService thread;

  // Duty thread only.
  private final Duty leaderStart = new Duty();
  private final Duty expire = new Duty();
  private final Duty housekeep = new Duty();
  private final Duty members = new Duty();
  private final Duty question = new Duty();
  private final Deadlines deadlines = new Deadlines();
  private boolean housekeepingSoon;
  private int housekeepingSteps;
  private long ticks;
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
      Predicate<Member> hasStored,
      Runnable onConfirmed) {
    this.group = settings.group();
    this.self = settings.self();
    this.firstMembers = settings.firstMembers();
    this.leadership = leadership;
    this.proposer = proposer;
    this.views = views;
    this.hasStored = hasStored;
    this.onConfirmed = onConfirmed;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "cairn-duties");
              made.setDaemon(true);
              return made;
            });
  }

  /** Begins. */
  void start(Voters ofTheGroup) {
    voters = Optional.of(ofTheGroup);
    var unused =
        thread.scheduleWithFixedDelay(this::look, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Looks now, because a term began. */
  void wake() {
    later(this::look);
  }

  /** On the duty thread. Also called on the applying thread, which must not be thrown at. */
  private void later(Runnable duty) {
    after(0, duty);
  }

  private void after(long millis, Runnable duty) {
    try {
      var unused = thread.schedule(duty, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the node is stopping, no duties any more");
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

  /** A schedule ends with the first exception, and a leader without duties serves nobody. */
  private void look() {
    try {
      tick();
    } catch (RuntimeException | Error e) {
      LOG.warn("duties are looked at again in {} ms", TICK_MILLIS, e);
    }
  }

  private void tick() {
    Optional<Reign> current = leadership.current();
    if (current.isEmpty()) {
      return;
    }
    Reign reign = current.get();
    if (!reign.confirmed()) {
      startReign(reign);
      return;
    }
    ticks++;
    try (View view = views.get()) {
      OptionalLong nearest = deadlines.nearestMillis(view);
      if (nearest.isPresent() && nearest.getAsLong() <= reign.logTimeMillis()) {
        proposeExpire(view, reign);
      }
      if (ticks % TICKS_PER_HOUSEKEEPING == 0) {
        if (!Housekeeping.pending(view)) {
          housekeepingSteps = 0;
        } else if (!housekeepingSoon) {
          proposeHousekeeping();
        }
        List<Member> rows = MemberTable.list(view);
        voters.ifPresent(known -> proposeFirstMembers(rows, known.peers()));
        if (reign.ageMillis() < JOINING_MILLIS || ticks % TICKS_PER_LATE_QUESTION == 0) {
          noteJoined(rows.stream().filter(row -> !row.getJoined()).toList());
        }
      }
    } catch (IllegalStateException | StorageClosedException e) {
      LOG.debug("no view: {}", e.getMessage()); // the database is being closed or replaced
    }
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
