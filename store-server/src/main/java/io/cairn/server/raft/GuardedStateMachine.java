package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import java.util.function.BooleanSupplier;

/**
 * The caller's state machine, with a halt behind {@code onError}: the second line after the halts
 * in the storage calls. JRaft calls it once when a node is past repair, for example after an
 * exception in {@code onApply}.
 */
final class GuardedStateMachine implements StateMachine {
  private final StateMachine machine;
  private final Halt halt;
  private final BooleanSupplier closing;

  GuardedStateMachine(StateMachine machine, Halt halt, BooleanSupplier closing) {
    this.machine = machine;
    this.halt = halt;
    this.closing = closing;
  }

  @Override
  public void onError(RaftException error) {
    if (closing.getAsBoolean()) {
      return; // storages that are being closed refuse calls
    }
    machine.onError(error);
    halt.halt("raft node failed: " + error.getType() + " " + error.getStatus(), error);
  }

  @Override
  public void onApply(Iterator entries) {
    machine.onApply(entries);
  }

  @Override
  public void onShutdown() {
    machine.onShutdown();
  }

  /**
   * JRaft takes EIO of a snapshot for the end of the node. A node without a new snapshot has lost
   * nothing: it keeps the one before, and its log.
   */
  @Override
  public void onSnapshotSave(SnapshotWriter writer, Closure done) {
    machine.onSnapshotSave(
        writer,
        status ->
            done.run(
                status.getRaftError() == RaftError.EIO
                    ? new Status(RaftError.EINTERNAL, "%s", status.getErrorMsg())
                    : status));
  }

  @Override
  public boolean onSnapshotLoad(SnapshotReader reader) {
    return machine.onSnapshotLoad(reader);
  }

  @Override
  public void onLeaderStart(long term) {
    machine.onLeaderStart(term);
  }

  @Override
  public void onLeaderStop(Status status) {
    machine.onLeaderStop(status);
  }

  @Override
  public void onConfigurationCommitted(Configuration configuration) {
    machine.onConfigurationCommitted(configuration);
  }

  @Override
  public void onStopFollowing(LeaderChangeContext context) {
    machine.onStopFollowing(context);
  }

  @Override
  public void onStartFollowing(LeaderChangeContext context) {
    machine.onStartFollowing(context);
  }
}
