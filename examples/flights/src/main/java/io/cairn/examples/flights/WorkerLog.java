package io.cairn.examples.flights;

/**
 * What a worker says on its standard output: one line per event, words separated by spaces, for the
 * one who started it.
 */
final class WorkerLog {
  private final int worker;

  WorkerLog(int worker) {
    this.worker = worker;
  }

  /** A partition goes on, or begins, under a new epoch. */
  void resumed(int partition, long fromRow, long checkpointSeq, long epoch, long attempt) {
    say("resumed", partition, fromRow, checkpointSeq, epoch, attempt);
  }

  /** A block of rows is about to be counted. */
  void block(int partition, long fromRow, long toRow) {
    say("block", partition, fromRow, toRow);
  }

  /** A partition is complete. */
  void completed(int partition, long rows) {
    say("completed", partition, rows);
  }

  /** A write with an epoch that is no longer the task's: what came back. */
  void staleWrite(int partition, String kind, long epoch, String answer) {
    say("stale-write", partition, kind, epoch, answer);
  }

  /** Something that the worker goes on from by itself. */
  void trouble(int partition, String what) {
    say("trouble", partition, what);
  }

  private synchronized void say(String event, Object... words) {
    StringBuilder line = new StringBuilder(event).append(' ').append(worker);
    for (Object word : words) {
      line.append(' ').append(String.valueOf(word).replaceAll("\\s+", "_"));
    }
    System.out.println(line);
    System.out.flush();
  }
}
