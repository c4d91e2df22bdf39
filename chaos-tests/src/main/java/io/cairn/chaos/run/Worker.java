package io.cairn.chaos.run;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.workload.Completion;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** A thread that does what the runner gives it, one thing at a time. */
final class Worker {
  /** Does operations, in the worker's thread. */
  interface Duty extends AutoCloseable {
    Completion perform(Op invocation);

    @Override
    void close();
  }

  /**
   * A duty done.
   *
   * @param failure what the duty itself threw: the harness is broken, whatever the servers do
   */
  record Done(Worker by, Op invocation, Completion completion, @Nullable Throwable failure) {}

  private static final Object END = new Object();

  private final int threadNumber;
  private final Duty duty;
  private final BlockingQueue<Object> given = new ArrayBlockingQueue<>(2);
  private final BlockingQueue<Done> done;
  private final Thread thread;

  Worker(int threadNumber, Duty duty, BlockingQueue<Done> done) {
    this.threadNumber = threadNumber;
    this.duty = duty;
    this.done = done;
    this.thread = new Thread(this::run, "chaos-worker-" + threadNumber);
    this.thread.setDaemon(true);
    this.thread.start();
  }

  int threadNumber() {
    return threadNumber;
  }

  /** Hands over an operation. The runner gives the next one only when this one is done. */
  void give(Op invocation) {
    given.add(invocation);
  }

  /** Breaks off what is under way. */
  void interrupt() {
    thread.interrupt();
  }

  /** Ends the thread when it is free, and its duty. */
  void end() {
    given.add(END);
  }

  /** Waits for the end. */
  boolean awaitEnd(long millis) throws InterruptedException {
    thread.join(millis);
    return !thread.isAlive();
  }

  /** Whatever is thrown goes to the runner, which would wait for ever for a thread that died. */
  private Done performed(Op invocation) {
    try {
      return new Done(this, invocation, duty.perform(invocation), null);
    } catch (Throwable e) {
      return new Done(this, invocation, Completion.unknown(invocation.value(), e.toString()), e);
    }
  }

  /** An end is never lost: an interrupt that comes now was meant for an operation that is over. */
  private void tell(Done ended) {
    boolean told = false;
    while (!told) {
      boolean ignored = Thread.interrupted();
      try {
        done.put(ended);
        told = true;
      } catch (InterruptedException e) {
        // Once more.
      }
    }
  }

  private void run() {
    while (true) {
      try {
        Object next = given.take();
        if (next == END) {
          duty.close();
          return;
        }
        tell(performed((Op) next));
      } catch (InterruptedException e) {
        // Meant for an operation that was over by then.
        boolean ignored = Thread.interrupted();
      }
    }
  }
}
