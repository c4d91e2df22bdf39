package io.cairn.client;

import java.util.Optional;

/**
 * What the store knows of a task, without its checkpoints and records. Times are log time, in
 * milliseconds; only their differences mean something.
 *
 * @param id unique over deletion and re-creation
 * @param attempt claims so far
 * @param epoch of the newest claim, 0 if never claimed
 * @param owner who said to own it
 * @param checkpointSeq newest checkpoint, -1 for none
 * @param oldestCheckpointSeq oldest kept checkpoint, -1 for none
 * @param firstLsn oldest kept record, {@code lastLsn + 1} if none is kept
 * @param lastLsn newest record, 0 for none
 * @param coveredLsn the records up to here are contained in the newest checkpoint
 * @param lastDigest chain digest of the newest record, empty for none
 * @param resultDigest SHA-256 of the result
 * @param fault the last one
 */
public record Task(
    TaskName name,
    TaskState state,
    long id,
    long attempt,
    long epoch,
    Optional<String> owner,
    long checkpointSeq,
    long oldestCheckpointSeq,
    long firstLsn,
    long lastLsn,
    long coveredLsn,
    Bytes lastDigest,
    Optional<Bytes> result,
    Optional<Bytes> resultDigest,
    Optional<Fault> fault,
    long createTimeMillis,
    long changeTimeMillis,
    TaskSpec spec,
    long sectionBytes,
    long logBytes) {}
