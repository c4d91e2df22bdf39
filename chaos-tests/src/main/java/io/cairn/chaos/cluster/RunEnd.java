package io.cairn.chaos.cluster;

import java.util.List;

/**
 * The end of a run: takes away what stands in its ledger, once. If the process ends first it is
 * done by a hook, which is there from when the ledger is, so that an end in the midst of set-up
 * leaves nothing either.
 */
final class RunEnd {
  private final RunLedger ledger;
  private final Thread hook = new Thread(this::atExit, "chaos-clear");
  private volatile Runnable before = () -> {};
  private volatile Runnable after = () -> {};

  private RunEnd(RunLedger ledger) {
    this.ledger = ledger;
  }

  /**
   * The end of the run of this ledger, in which nothing stands yet.
   *
   * @throws ClusterFailure if this process is ending
   */
  static RunEnd of(RunLedger ledger) {
    RunEnd end = new RunEnd(ledger);
    try {
      Runtime.getRuntime().addShutdownHook(end.hook);
    } catch (IllegalStateException shuttingDown) {
      ledger.close();
      throw new ClusterFailure("this process is ending", shuttingDown);
    }
    return end;
  }

  /**
   * What the hook does before it takes all away, and after: one thing after the other, as nobody
   * knows an order between two hooks. Both must end in limited time.
   */
  void aroundExit(Runnable first, Runnable last) {
    before = first;
    after = last;
  }

  /** Takes all away now; if the process is ending, leaves it to the hook. */
  void now() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return;
    }
    takeAway();
  }

  private void atExit() {
    try {
      before.run();
    } finally {
      try {
        takeAway();
      } finally {
        after.run();
      }
    }
  }

  /** What cannot be taken away stays in the ledger, for whoever cleans up later. */
  private void takeAway() {
    if (!ledger.shut()) {
      return;
    }
    List<String> ignored = Leftovers.clear(ledger.run(), ledger.lines());
    ledger.close();
  }
}
