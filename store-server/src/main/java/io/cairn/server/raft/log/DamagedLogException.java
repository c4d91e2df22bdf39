package io.cairn.server.raft.log;

import java.io.IOException;

/**
 * The log lacks, or holds wrongly, an entry that this node may have acknowledged. It must not vote
 * or answer with it: what is lost here may be what a majority needs.
 */
public final class DamagedLogException extends IOException {
  private static final long serialVersionUID = 1;
  private static final String ADVICE =
      "Remove this member from the cluster and add it again with an empty folder; distrust this"
          + " disk";

  private final String file;
  private final long offset;
  private final long index;

  /**
   * A damage.
   *
   * @param file where it was found
   * @param offset in that file, in bytes
   * @param index of the first entry that is lost
   * @param floor highest index that may have been acknowledged
   */
  DamagedLogException(String what, String file, long offset, long index, long floor) {
    super(
        ("the log is damaged: %s in %s at offset %d: entry %d is lost, and this node may have"
                    + " acknowledged entries up to %d. ")
                .formatted(what, file, offset, index, floor)
            + ADVICE);
    this.file = file;
    this.offset = offset;
    this.index = index;
  }

  /** Damage of the file that says what this node may have acknowledged. */
  DamagedLogException(String what, String file) {
    super(what + ": " + file + ": nobody can tell what this node has acknowledged. " + ADVICE);
    this.file = file;
    this.offset = 0;
    this.index = 0;
  }

  public String file() {
    return file;
  }

  public long offset() {
    return offset;
  }

  /** Index of the first entry that is lost; 0 when that is not known. */
  public long index() {
    return index;
  }
}
