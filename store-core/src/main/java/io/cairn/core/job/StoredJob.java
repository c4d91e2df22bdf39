package io.cairn.core.job;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobRow;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What never changes of a job, decoded. */
final class StoredJob {
  private final long id;
  private final JobRow row;
  private final TaskSpec taskSpec;
  private final Map<String, Integer> stages = new HashMap<>();

  StoredJob(long id, JobRow row) {
    this.id = id;
    this.row = row;
    this.taskSpec =
        TaskSpec.newBuilder()
            .setCheckpointsKept(row.getSpec().getCheckpoints().getKept())
            .setKeepLog(row.getSpec().getCheckpoints().getKeepLog())
            .build();
    for (int i = 0; i < row.getSpec().getStagesCount(); i++) {
      stages.put(row.getSpec().getStages(i).getName(), i);
    }
  }

  long id() {
    return id;
  }

  JobRow row() {
    return row;
  }

  JobName name() {
    return row.getName();
  }

  JobSpec spec() {
    return row.getSpec();
  }

  /** What each of its tasks is made with; labels are the job's alone. */
  TaskSpec taskSpec() {
    return taskSpec;
  }

  /** True if its tasks are saved together. */
  boolean coordinated() {
    return spec().getCheckpoints().getCoordinated();
  }

  StageSpec stage(int index) {
    return spec().getStages(index);
  }

  /** Who runs what waits at a place. */
  String handler(Work.Place place) {
    return place.compares()
        ? spec().getVerification().getComparator()
        : stage(place.stage()).getHandler();
  }

  /** True if several runs of one partition may be beside each other. */
  boolean hasSeveralRuns() {
    Redundancy.Kind kind = spec().getRedundancy().getKind();
    return kind == Redundancy.Kind.SPECULATE || kind == Redundancy.Kind.REPLICAS;
  }

  /** True if a place is kept free for each of its running tasks. */
  boolean hasStandbys() {
    return spec().getRedundancy().getKind() == Redundancy.Kind.STANDBY;
  }

  /** Number of a stage, as in the specification. */
  int stageIndex(String name) {
    Integer index = stages.get(name);
    if (index == null) {
      throw new DamagedRowException("job " + id + " has no stage \"" + name + "\"");
    }
    return index;
  }

  /** Reads a job's id; a job that is being deleted has one still. */
  static Optional<Long> id(ReadView view, byte[] nameKey) {
    byte[] bytes = view.get(ColumnFamily.JOB_NAME, nameKey);
    return bytes == null ? Optional.empty() : Optional.of(KeyLayout.readLong(bytes, 0));
  }

  /** Reads what never changes of a job. */
  static StoredJob read(ReadView view, long id) {
    byte[] bytes = view.get(ColumnFamily.JOB, KeyLayout.id(id));
    if (bytes == null) {
      throw new DamagedRowException("the row of job " + id + " is gone");
    }
    try {
      return new StoredJob(id, JobRow.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("the row of job " + id + " is damaged", e);
    }
  }

  static JobStateRow state(long id, byte[] bytes) {
    try {
      return JobStateRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("the state of job " + id + " is damaged", e);
    }
  }
}
