package io.cairn.core.job.barrier;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.JobName;

/**
 * A job whose tasks are saved together, as far as its barriers have to do with it.
 *
 * @param tasks how many it has, over all stages
 * @param tasksPrefix what the keys of its tasks' rows start with, and no others
 * @param state what a command changes; stored by the caller
 */
public record CoordinatedJob(
    JobName name,
    CheckpointPolicy policy,
    int tasks,
    ByteString tasksPrefix,
    JobStateRow.Builder state) {
  String text() {
    return name.getNamespace() + ":" + name.getName();
  }
}
