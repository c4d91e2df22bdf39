package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.cairn.core.engine.CommittedBatch;
import io.cairn.core.engine.Engine;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.View;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds committed entries to the engine and sends outcomes back once their effects are written (I1,
 * I6).
 *
 * <p>All methods run on JRaft's applying thread. An exception here stops the node: JRaft reports
 * it, and the guard around this class halts the process.
 */
final class StoreStateMachine extends StateMachineAdapter {
  private final RocksStorage storage;
  private final Engine engine;
  private final Leadership leadership;
  private final SnapshotWork snapshots;
  private final Events events;
  private final List<Answered> answered = new ArrayList<>();

  /** What the group does when something happens. Applying thread. */
  interface Events {
    void committed(CommittedBatch batch);

    /**
     * Everything up to {@code index} is in the database; {@code bytes} of entries took {@code
     * nanos}.
     */
    void applied(long index, long bytes, long nanos);

    void leaderStarted(long term);

    void leaderChanged();

    void restored(long revision);
  }

  private record Answered(ProposedBatch batch, List<Outcome> outcomes) {}

  StoreStateMachine(
      RocksStorage storage, Leadership leadership, SnapshotWork snapshots, Events events) {
    this.storage = storage;
    this.engine = new Engine(storage);
    this.leadership = leadership;
    this.snapshots = snapshots;
    this.events = events;
  }

  @Override
  public void onApply(Iterator entries) {
    long startNanos = System.nanoTime();
    long bytes = 0;
    long last = 0;
    while (entries.hasNext()) {
      ByteBuffer data = entries.getData();
      Closure closure = entries.done();
      last = entries.getIndex();
      bytes += data.remaining();
      if (engine.isApplied(last)) {
        // A restart gives again what the database has already: no effect, no event. Nobody here
        // waits for it.
        if (closure != null) {
          throw new IllegalStateException(
              "index " + last + " was proposed here but applied before");
        }
      } else {
        List<Outcome> outcomes = engine.apply(last, entries.getTerm(), data);
        if (closure instanceof ProposedBatch batch) {
          answered.add(new Answered(batch, outcomes));
        }
      }
      if (engine.pendingBytes() >= Limits.BATCH_BYTES) {
        commit();
        entries.commit(); // JRaft's applied index follows what is written, not the end of this run
      }
      entries.next();
    }
    commit();
    events.applied(last, bytes, System.nanoTime() - startNanos);
  }

  @Override
  public void onLeaderStart(long term) {
    long logTimeMillis;
    try (View view = storage.view()) {
      logTimeMillis = view.counter(Counter.LOG_TIME);
    }
    leadership.start(term, logTimeMillis);
    events.leaderStarted(term);
  }

  @Override
  public void onLeaderStop(Status status) {
    leadership.stop();
    events.leaderChanged();
  }

  @Override
  public void onStartFollowing(LeaderChangeContext context) {
    events.leaderChanged();
  }

  @Override
  public void onStopFollowing(LeaderChangeContext context) {
    events.leaderChanged();
  }

  @Override
  public void onSnapshotSave(SnapshotWriter writer, Closure done) {
    snapshots.save(storage, writer, done);
  }

  @Override
  public boolean onSnapshotLoad(SnapshotReader reader) {
    boolean replaced = snapshots.load(storage, reader);
    if (replaced) {
      engine.restored();
      try (View view = storage.view()) {
        events.restored(view.counter(Counter.REVISION));
        events.applied(view.appliedIndex(), 0, 0);
      }
    }
    return true;
  }

  private void commit() {
    // I6: written first, then told.
    engine.commit().ifPresent(events::committed);
    answered.forEach(one -> one.batch().applied(one.outcomes()));
    answered.forEach(one -> one.batch().flush());
    answered.clear();
  }
}
