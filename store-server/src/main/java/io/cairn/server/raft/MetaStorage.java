package io.cairn.server.raft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Term and vote on disk, in two mirrored copies.
 *
 * <p>A save writes and syncs copy A, then copy B, and only then returns. So at any moment one copy
 * is whole, and what was acknowledged is in both: damage to one copy loses nothing. Alternating
 * slots would forget a vote with it.
 *
 * <p>A failed save halts inside the call: JRaft only logs a failed term write when it steps down.
 *
 * <p>Threads: JRaft calls it under the node's lock; {@link #getTerm} may be called from any thread.
 */
final class MetaStorage implements RaftMetaStorage {
  private final MetaCopies copies;
  private final Halt halt;
  private volatile MetaRecord current;

  private MetaStorage(MetaCopies copies, Halt halt, MetaRecord current) {
    this.copies = copies;
    this.halt = halt;
    this.current = current;
  }

  /**
   * Opens the stored term and vote; a bad copy is repaired from the good one. Refuses a folder
   * without a valid copy.
   */
  static MetaStorage open(Path folder, Halt halt) throws IOException {
    return open(new MetaCopies(folder), halt);
  }

  static MetaStorage open(MetaCopies copies, Halt halt) throws IOException {
    return new MetaStorage(copies, halt, copies.load());
  }

  /** Creates both copies with term 0 and no vote. */
  static MetaStorage create(Path folder, Halt halt) throws IOException {
    MetaCopies copies = new MetaCopies(folder);
    return new MetaStorage(copies, halt, copies.create());
  }

  /** Number of saves so far; 1 is a storage that was only created. */
  long generation() {
    return current.generation();
  }

  @Override
  public boolean init(RaftMetaStorageOptions options) {
    return true; // loaded before the node starts, so that damage is reported with its reason
  }

  @Override
  public void shutdown() {
    // every save is complete when it returns
  }

  @Override
  public boolean setTerm(long term) {
    return save(term, current.votedFor());
  }

  @Override
  public long getTerm() {
    return current.term();
  }

  @Override
  public boolean setVotedFor(PeerId peer) {
    return save(current.term(), text(peer));
  }

  @Override
  public PeerId getVotedFor() {
    PeerId peer = PeerId.emptyPeer();
    String votedFor = current.votedFor();
    if (!votedFor.isEmpty() && !peer.parse(votedFor)) {
      throw new IllegalStateException(
          "stored vote is no peer: '" + votedFor + "', term " + current.term());
    }
    return peer;
  }

  @Override
  public boolean setTermAndVotedFor(long term, PeerId peer) {
    return save(term, text(peer));
  }

  private synchronized boolean save(long term, String votedFor) {
    MetaRecord next = current.next(term, votedFor);
    try {
      copies.save(next);
    } catch (IOException | UncheckedIOException e) {
      String reason =
          "cannot save term " + term + " and vote '" + votedFor + "' in " + copies.folder();
      halt.halt(reason, e);
      throw new Halt.Halted(reason, e);
    }
    current = next;
    return true;
  }

  private static String text(PeerId peer) {
    return peer.isEmpty() ? "" : peer.toString();
  }
}
