package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.barrier.Barriers;
import io.cairn.core.job.barrier.CoordinatedJob;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The state row of one job while one command changes it. Nothing is written before {@link #store},
 * at the command's end: a command may dispatch many tasks of one job. Applying thread only.
 */
final class JobEdit {
  private final StoredJob job;
  private final byte @Nullable [] old;
  private final JobStateRow.Builder state;
  private final boolean underBarrier;
  private boolean deleted;

  private JobEdit(StoredJob job, byte @Nullable [] old, JobStateRow.Builder state) {
    this.job = job;
    this.old = old;
    this.state = state;
    this.underBarrier = Barriers.underWay(state);
  }

  static JobEdit of(StoredJob job, byte[] bytes) {
    return new JobEdit(job, bytes, StoredJob.state(job.id(), bytes).toBuilder());
  }

  /** A job that is not there yet. */
  static JobEdit created(StoredJob job, JobStateRow state) {
    return new JobEdit(job, null, state.toBuilder());
  }

  StoredJob job() {
    return job;
  }

  long id() {
    return job.id();
  }

  JobName name() {
    return job.name();
  }

  JobSpec spec() {
    return job.spec();
  }

  JobStateRow.Builder state() {
    return state;
  }

  StageRow.Builder stage(int index) {
    return state.getStagesBuilder(index);
  }

  /** True if nothing of it runs any more, and nothing will by itself. */
  boolean ended() {
    return state.getState() != JobState.JOB_RUNNING;
  }

  /** True if its tasks may be dispatched. */
  boolean goesOn() {
    return !ended() && state.getEnding() == JobState.JOB_STATE_UNSPECIFIED;
  }

  /** True if its tasks are saved together. */
  boolean coordinated() {
    return job.coordinated();
  }

  /** The job, for its barriers. */
  CoordinatedJob forBarriers() {
    return new CoordinatedJob(
        name(),
        spec().getCheckpoints(),
        (int) StageGraph.partitions(spec().getStagesList()),
        ByteString.copyFrom(JobNames.tasksPrefix(name())),
        state);
  }

  /** True if this command has aborted a barrier. */
  boolean abortedBarrier() {
    return underBarrier && state.getBarrier().getPhase() == Barrier.Phase.ABORTED;
  }

  /** It becomes {@code end} as soon as nothing of it runs any more. */
  void endAs(JobState end) {
    state.setEnding(end).setWalk(JobWalk.CANCELLING).clearWalkAfter();
  }

  /** A partition has failed for good, by this fault; 0: none was kept. */
  void failed(long fault) {
    if (state.getFaultEnded() == 0) {
      state.setFaultEnded(fault);
    }
    if (goesOn() && !spec().getContinueOnFailure()) {
      endAs(JobState.JOB_FAILED);
    }
  }

  boolean deleted() {
    return deleted;
  }

  /** Takes the state away: nobody finds the job any more. */
  void delete(Batch batch) {
    deleted = true;
    moveTick(batch, 0);
    batch.delete(ColumnFamily.JOB_STATE, KeyLayout.id(id()));
  }

  /** Writes what has changed, and the deadline row that says when to look at the job again. */
  void store(ApplyContext context) {
    if (deleted) {
      return;
    }
    moveTick(context.batch(), nextTickMillis(context.logTimeMillis()));
    byte[] bytes = state.build().toByteArray();
    if (!Arrays.equals(bytes, old)) {
      context.batch().replace(ColumnFamily.JOB_STATE, KeyLayout.id(id()), old, bytes);
    }
  }

  /** When something is to be done with the job that no command asks for; 0: never. */
  private long nextTickMillis(long logTimeMillis) {
    long next = logTimeMillis;
    if (state.getWalk() == JobWalk.NO_WALK) {
      long kept = spec().getKeepMillis();
      long over = kept > 0 ? state.getEndTimeMillis() + kept : 0;
      next = ended() ? over : Barriers.nextTickMillis(state);
    }
    if (next == 0 || next > logTimeMillis) {
      return next;
    }
    // Nobody looks for rows that come before log time. One that is due stays where it is: each
    // step would move it otherwise.
    long there = state.getTickMillis();
    return there > 0 && there <= logTimeMillis ? there : logTimeMillis;
  }

  private void moveTick(Batch batch, long millis) {
    long there = state.getTickMillis();
    if (there == millis) {
      return;
    }
    if (there > 0) {
      batch.delete(ColumnFamily.DEADLINE, tickKey(there));
    }
    if (millis > 0) {
      batch.insert(ColumnFamily.DEADLINE, tickKey(millis), new byte[0]);
    }
    state.setTickMillis(millis);
  }

  private byte[] tickKey(long millis) {
    return KeyLayout.deadline(millis, KeyLayout.DEADLINE_JOB_TICK, id());
  }
}
