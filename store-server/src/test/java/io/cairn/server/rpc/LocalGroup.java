package io.cairn.server.rpc;

import com.google.protobuf.ByteString;
import io.cairn.core.engine.CommittedBatch;
import io.cairn.core.engine.Engine;
import io.cairn.core.engine.EntryFormat;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.SnapshotResponse;
import io.cairn.protocol.v1.StandingRequest;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.server.group.GroupListener;
import io.cairn.server.group.Proposal;
import io.cairn.server.group.Reply;
import io.cairn.server.group.StoreGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A group of one without a log: the real engine on one applying thread. */
final class LocalGroup implements StoreGroup, AutoCloseable {
  static final int ID = 1;
  static final LeaderHint LEADER =
      LeaderHint.newBuilder().setNode("n1").setClientAddress("127.0.0.1:1").setTerm(1).build();

  final AtomicInteger rounds = new AtomicInteger();
  final List<Member> members = new CopyOnWriteArrayList<>();
  private final RocksStorage storage;
  private final Engine engine;
  private final ExecutorService applying = Executors.newSingleThreadExecutor();
  private final List<GroupListener> listeners = new CopyOnWriteArrayList<>();
  private long index;

  /** While true, proposals are swallowed. Their replies come with {@link #releaseHeld}. */
  volatile boolean hold;

  /** While true, committed batches are not told: as when a snapshot replaces the state. */
  volatile boolean mute;

  private final List<Runnable> held = new ArrayList<>();

  LocalGroup(Path folder) {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new IllegalStateException(what, cause);
            });
    engine = new Engine(storage);
  }

  /** Applies one entry on the applying thread and returns when it is done. */
  void apply(List<ByteString> commands, List<Reply<Outcome>> replies) {
    CountDownLatch done = new CountDownLatch(1);
    applying.execute(
        () -> {
          applyHere(commands, replies);
          done.countDown();
        });
    try {
      done.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void applyHere(List<ByteString> commands, List<Reply<Outcome>> replies) {
    index++;
    Entry entry = Entry.newBuilder().setLeaderTimeMillis(index).addAllCommands(commands).build();
    List<Outcome> outcomes = engine.apply(index, 1, EntryFormat.encode(entry));
    Optional<CommittedBatch> batch = engine.commit();
    for (int i = 0; i < replies.size(); i++) {
      replies.get(i).gathered(outcomes.get(i));
    }
    replies.forEach(Reply::flush);
    if (!mute) {
      batch.ifPresent(committed -> listeners.forEach(l -> l.committed(committed)));
    }
  }

  void tellRestored() {
    applying.execute(
        () -> {
          try (View view = view()) {
            long revision = view.counter(Counter.REVISION);
            listeners.forEach(l -> l.restored(revision));
          }
        });
  }

  void tellLeader(LeaderHint leader) {
    applying.execute(() -> listeners.forEach(l -> l.leaderChanged(leader)));
  }

  void releaseHeld() {
    synchronized (held) {
      hold = false;
      held.forEach(applying::execute);
      held.clear();
    }
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public void propose(List<Proposal> commands) {
    Runnable work =
        () ->
            applyHere(
                commands.stream().map(Proposal::command).toList(),
                commands.stream().map(Proposal::reply).toList());
    synchronized (held) {
      if (hold) {
        held.add(work);
      } else {
        applying.execute(work);
      }
    }
  }

  @Override
  public void linearize(Reply<Void> reply) {
    rounds.incrementAndGet();
    applying.execute(() -> reply.done(null));
  }

  @Override
  public void catchUp(long appliedMin, int stalenessMillisMax, int wait, Reply<Void> reply) {
    applying.execute(
        () -> {
          if (index >= appliedMin) {
            reply.done(null);
          } else {
            reply.failed(
                ErrorMapping.failure(ErrorCode.STALE_REPLICA, "behind", appliedMin, index));
          }
        });
  }

  @Override
  public View view() {
    return storage.view();
  }

  @Override
  public LeaderHint leader() {
    return LEADER;
  }

  @Override
  public boolean isLeader() {
    return true;
  }

  @Override
  public void listen(GroupListener listener) {
    listeners.add(listener);
  }

  @Override
  public GroupStatus status() {
    return GroupStatus.newBuilder()
        .setGroup(ID)
        .setRole("LEADER")
        .setLeader(LEADER)
        .setAppliedIndex(storage.appliedIndex())
        .setCommittedIndex(storage.appliedIndex())
        .addAllMembers(members)
        .build();
  }

  @Override
  public void addMember(Member member, Reply<Void> reply) {
    members.add(member);
    reply.done(null);
  }

  @Override
  public void removeMember(String name, Reply<Void> reply) {
    if (members.removeIf(member -> member.getName().equals(name))) {
      reply.done(null);
    } else {
      reply.failed(ErrorMapping.failure(ErrorCode.MEMBER_NOT_FOUND, "no member " + name));
    }
  }

  @Override
  public void transferLeadership(String to, Reply<LeaderHint> reply) {
    reply.done(LEADER);
  }

  @Override
  public void standing(StandingRequest of, Reply<StandingResponse> reply) {
    reply.done(StandingResponse.getDefaultInstance());
  }

  @Override
  public void snapshot(Reply<SnapshotResponse> reply) {
    reply.done(SnapshotResponse.newBuilder().setIndex(storage.appliedIndex()).build());
  }

  @Override
  public void close() {
    applying.shutdownNow();
    try {
      applying.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    storage.close();
  }
}
