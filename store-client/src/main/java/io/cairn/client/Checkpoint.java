package io.cairn.client;

import java.util.List;
import java.util.Map;

/**
 * A complete state of a task at a point, without its bytes.
 *
 * @param timeMillis log time
 * @param trigger why it was written
 * @param coveredLsn the records up to here are contained in it
 * @param digest SHA-256 over what the owner sent
 */
public record Checkpoint(
    long seq,
    long epoch,
    long timeMillis,
    String trigger,
    Map<String, String> labels,
    List<Section> sections,
    long coveredLsn,
    Bytes digest) {

  /**
   * A named part of the state.
   *
   * @param digest SHA-256 of the bytes
   * @param storedSeq the checkpoint that brought the bytes
   */
  public record Section(String name, Bytes digest, long length, long storedSeq) {}
}
