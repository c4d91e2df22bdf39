package io.cairn.server.raft;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * JRaft's options with an election timeout that can be shortened for a moment.
 *
 * <p>JRaft asks for it each time it decides whether the leader it follows is still to be waited
 * for, in its own election as in the pre-vote of another, and for the time it gives a vote to come
 * back. The lease by which a leader sees whether it still has a majority, and the heartbeats, are
 * the usual ones whatever is set here. {@code Node.resetElectionTimeoutMs} would change those, too.
 *
 * <p>Any thread.
 */
final class ElectionOptions extends NodeOptions {
  private static final int USUAL = 0;

  private volatile int shortMillis = USUAL;

  /** The timeout that was set, whatever holds for the moment. */
  int usualElectionTimeoutMillis() {
    return super.getElectionTimeoutMs();
  }

  /** Takes a leader for gone after this silence. */
  void shorten(int millis) {
    shortMillis = millis;
  }

  /** Goes back to the usual timeout. */
  void restore() {
    shortMillis = USUAL;
  }

  boolean isShortened() {
    return shortMillis != USUAL;
  }

  @Override
  public int getElectionTimeoutMs() {
    int millis = shortMillis;
    return millis == USUAL ? super.getElectionTimeoutMs() : millis;
  }
}
