package io.cairn.chaos.cluster;

import java.util.List;

/**
 * The end of a run: takes away what stands in its ledger, once. If the process ends first it is
 * done by a hook, which is there from when the ledger is, so that an end in the midst of set-up
 * leaves nothing either.
 */
final class RunEnd {
  private final RunLedger ledger;
  private final Runnable clearing;
  private final Thread hook = new Thread(this::atExit, "chaos-clear");
  private volatile Runnable before = () -> {};
  private volatile Runnable after = () -> {};
  private boolean gone;

  private RunEnd(RunLedger ledger, Runnable clearing) {
    this.ledger = ledger;
    this.clearing = clearing;
  }

  /**
   * The end of the run of this ledger, in which nothing stands yet.
   *
   * @throws ClusterFailure if this process is ending
   */
  static RunEnd of(RunLedger ledger) {
    return of(ledger, () -> clear(ledger));
  }

  private static void clear(RunLedger ledger) {
    List<String> ignored = Leftovers.clear(ledger.run(), ledger.lines());
  }

  /** The same with another way to take all away, which throws if something stays. */
  static RunEnd of(RunLedger ledger, Runnable clearing) {
    RunEnd end = new RunEnd(ledger, clearing);
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

  /**
   * Takes all away now. The hook stays until that is done, so that an end of the process in the
   * midst of it is done by nobody twice, and waits.
   */
  void now() {
    takeAway();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // it runs, and finds nothing to take away
    }
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

  /**
   * Once for all who ask: they wait until it is done. If it fails, whoever asks next tries again,
   * and what cannot be taken away stays in the ledger, for whoever cleans up later.
   */
  private synchronized void takeAway() {
    if (gone) {
      return;
    }
    ledger.shut();
    clearing.run();
    ledger.close();
    gone = true;
  }
}
