package io.cairn.server.raft;

import com.alipay.sofa.jraft.JRaftUtils;
import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.entity.NodeId;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.DefaultRaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * JRaft's timers, of which a node's election timer can be hastened. JRaft finds it by service
 * loader. The timers run on JRaft's threads as ever.
 */
@SPI(name = "cairn", priority = 10)
public final class ElectionTimerFactory implements RaftTimerFactory {
  private static final String ELECTION_TIMER = "JRaft-ElectionTimer-"; // as NodeImpl names it

  /** Of the nodes in this process, by name; a timer that is stopped leaves. */
  private static final Map<String, ElectionTimer> TIMERS = new ConcurrentHashMap<>();

  private final RaftTimerFactory stock = new DefaultRaftTimerFactory();

  /** For the service loader. */
  public ElectionTimerFactory() {}

  /** Fails if JRaft has taken other timers than these. */
  static void requireInUse() {
    RaftTimerFactory inUse = JRaftUtils.raftTimerFactory();
    if (!(inUse instanceof ElectionTimerFactory)) {
      throw new IllegalStateException("JRaft takes its timers from " + inUse.getClass());
    }
  }

  /** The election timer of a node of this process that has been started and not shut down. */
  static Optional<ElectionTimer> timerOf(NodeId node) {
    return Optional.ofNullable(TIMERS.get(ELECTION_TIMER + node));
  }

  @Override
  public Timer getElectionTimer(boolean shared, String name) {
    ElectionTimer timer =
        new ElectionTimer(
            stock.getElectionTimer(shared, name), stopped -> TIMERS.remove(name, stopped));
    TIMERS.put(name, timer);
    return timer;
  }

  @Override
  public Timer getVoteTimer(boolean shared, String name) {
    return stock.getVoteTimer(shared, name);
  }

  @Override
  public Timer getStepDownTimer(boolean shared, String name) {
    return stock.getStepDownTimer(shared, name);
  }

  @Override
  public Timer getSnapshotTimer(boolean shared, String name) {
    return stock.getSnapshotTimer(shared, name);
  }

  @Override
  public Scheduler getRaftScheduler(boolean shared, int workers, String name) {
    return stock.getRaftScheduler(shared, workers, name);
  }

  @Override
  public Timer createTimer(String name) {
    return stock.createTimer(name);
  }

  @Override
  public Scheduler createScheduler(int workers, String name) {
    return stock.createScheduler(workers, name);
  }
}
