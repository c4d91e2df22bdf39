package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskVerdictRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What workers say of results that only they can compare. Applying thread only. */
final class TaskVerdicts {
  private final JobPlane.Parts parts;

  TaskVerdicts(JobPlane.Parts parts) {
    this.parts = parts;
  }

  /**
   * Ends a comparison, and the partition with it if enough results agree. A resend under the same
   * epoch is answered again, and changes nothing.
   */
  Task verdict(ApplyContext context, TaskVerdictRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getTask());
    if (!edit.ofJob() || edit.task().getJob().getReplica() != Runs.COMPARISON) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "task " + request.getTask().getName() + " compares nothing, so that it has no verdict");
    }
    ByteString digest = digest(request);
    if (TaskEndings.endedAlready(edit, request.getEpoch(), digest)) {
      return edit.toTask();
    }
    edit.checkEpoch(request.getEpoch());
    JobEdit job = parts.workspace().get(context.batch(), edit.task().getJob().getId());
    Partition partition = Partition.of(job.job(), edit.task().getJob());
    check(request, Runs.read(context.batch(), job.job(), partition));
    Task ended = parts.endings().conclude(context, edit, digest);
    parts.replicas().judged(context, job, partition, request.getAcceptedList());
    return ended;
  }

  private static void check(TaskVerdictRequest request, Runs runs) {
    Checks.size("accepted results", request.getAcceptedCount(), Limits.REPLICAS_MAX + 1);
    Set<Integer> there =
        runs.undecided().stream()
            .map(run -> run.task().getJob().getReplica())
            .collect(Collectors.toSet());
    Set<Integer> seen = new HashSet<>();
    for (int replica : request.getAcceptedList()) {
      if (!there.contains(replica) || !seen.add(replica)) {
        throw JobShape.invalid(
            "replica " + replica + " has no result to be accepted, or was named twice");
      }
    }
  }

  private static ByteString digest(TaskVerdictRequest request) {
    Sha256 hash = new Sha256().text("verdict").number(request.getEpoch());
    hash.count(request.getAcceptedCount());
    request.getAcceptedList().forEach(replica -> hash.count(replica));
    return hash.digest();
  }
}
