package io.cairn.protocol;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Label;
import java.util.List;

/**
 * The digest of a checkpoint: SHA-256 over what its owner sent, whatever way the bytes of the
 * sections came. The encoding, of format 1:
 *
 * <pre>
 * format (4) = 1
 * seq (8)
 * trigger                          length (4), UTF-8
 * number of labels (4), each:      key length (4), UTF-8, value length (4), UTF-8
 * covered lsn (8)
 * number of sections (4), each:    name length (4), UTF-8, digest length (4), digest, length (8)
 * </pre>
 *
 * Numbers are big-endian; labels and sections stand in the order in which they were sent.
 */
public final class CheckpointDigest {
  private static final int FORMAT = 1;

  private CheckpointDigest() {}

  /** The digest of a checkpoint on its way in. */
  public static ByteString of(CheckpointWrite write) {
    Sha256 hash = head(write.getSeq(), write.getTrigger(), write.getLabelsList());
    hash.number(write.getCoveredLsn()).count(write.getSectionsCount());
    write
        .getSectionsList()
        .forEach(s -> hash.text(s.getName()).bytes(s.getDigest()).number(s.getLength()));
    return hash.digest();
  }

  /** The digest that a stored checkpoint should carry. */
  public static ByteString of(Checkpoint stored) {
    Sha256 hash = head(stored.getSeq(), stored.getTrigger(), stored.getLabelsList());
    hash.number(stored.getCoveredLsn()).count(stored.getSectionsCount());
    stored
        .getSectionsList()
        .forEach(s -> hash.text(s.getName()).bytes(s.getDigest()).number(s.getLength()));
    return hash.digest();
  }

  private static Sha256 head(long seq, String trigger, List<Label> labels) {
    Sha256 hash = new Sha256().count(FORMAT).number(seq).text(trigger).count(labels.size());
    labels.forEach(label -> hash.text(label.getKey()).text(label.getValue()));
    return hash;
  }
}
