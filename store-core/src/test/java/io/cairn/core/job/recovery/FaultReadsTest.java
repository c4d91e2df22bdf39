package io.cairn.core.job.recovery;

import static io.cairn.core.job.recovery.JobStore.atItem;
import static io.cairn.core.job.recovery.JobStore.fail;
import static io.cairn.core.job.recovery.JobStore.fault;
import static io.cairn.core.job.recovery.JobStore.rule;
import static io.cairn.core.job.recovery.JobStore.spec;
import static io.cairn.core.job.recovery.JobStore.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.JobReads;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultListRequest;
import io.cairn.protocol.v1.FaultListResponse;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.QuarantineListRequest;
import io.cairn.protocol.v1.QuarantineListResponse;
import io.cairn.protocol.v1.QuarantinedItem;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.TaskExplainRequest;
import io.cairn.protocol.v1.TaskExplainResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultReadsTest {
  @TempDir Path folder;

  @Test
  void faultsAreListedByJobAndNumber() {
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      for (long job : new long[] {JobStore.JOB - 1, JobStore.JOB, JobStore.JOB + 1}) {
        for (int number = 1; number <= 3; number++) {
          store.storeFault(job, number);
        }
      }
      assertThat(all(store, FaultListRequest.getDefaultInstance()))
          .containsExactly("1", "2", "3", "1", "2", "3", "1", "2", "3");
      FaultListRequest one = FaultListRequest.newBuilder().setJob(JobStore.JOB_NAME).build();
      assertThat(all(store, one)).containsExactly("1", "2", "3");
      FaultListRequest none =
          one.toBuilder()
              .setJob(JobName.newBuilder().setNamespace("default").setName("other"))
              .build();
      refused(store, ErrorCode.JOB_NOT_FOUND, Query.newBuilder().setFaultList(none));
      refused(
          store,
          ErrorCode.INVALID_ARGUMENT,
          Query.newBuilder().setFaultList(one.toBuilder().setAfterNumber(-1)));
    }
  }

  @Test
  void itemsThatAreLeftOutAreListed() {
    RecoveryStep skip = step(RecoveryAction.SKIP_ITEM, 9).toBuilder().setItemFailures(2).build();
    try (JobStore store = new JobStore(folder, spec(rule(skip, fail()).build()))) {
      String message = "x".repeat(255) + "\uD83D\uDE00".repeat(9);
      for (String item : List.of("d", "a", "b", "c", "c", "a", "b")) {
        store.happens(atItem("X", item).toBuilder().setMessage(message).build());
      }
      store.storeTask();
      List<String> found = new ArrayList<>();
      QuarantineListRequest.Builder request =
          QuarantineListRequest.newBuilder().setTask(JobStore.TASK_NAME).setLimit(2);
      QuarantineListResponse page;
      do {
        page = ask(store, Query.newBuilder().setQuarantineList(request)).getQuarantineList();
        for (QuarantinedItem item : page.getItemsList()) {
          found.add(item.getItem().toStringUtf8() + item.getFailures());
          assertThat(item.getFault().getMessage()).isEqualTo("x".repeat(255));
          assertThat(item.getFault().getAction()).isEqualTo("SKIP_ITEM");
        }
        request.setAfter(page.getLast());
      } while (page.getMore());
      assertThat(found).containsExactly("a2", "b2", "c2");
    }
  }

  @Test
  void explanationIsTheDecisionAndChangesNothing() {
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      store.task().setLastLsn(0).setCoveredLsn(0);
      store.storeTask();
      TaskExplainResponse lost = explain(store, TaskExplainRequest.newBuilder());
      assertThat(lost.getAction()).isEqualTo(RecoveryAction.RESUME);
      assertThat(lost.getRule()).isZero();
      assertThat(lost.getCheckpointSeq()).isEqualTo(-1);
      assertThat(lost.getRecords()).isZero();
      assertThat(lost.getPauseMillis()).isEqualTo(store.decide(fault("NETWORK")).pauseMillis());
      assertThat(lost.getReason()).contains("RESUME").contains("1000");
      store.happens(fault(FaultTypes.TIMEOUT));
      store.happens(fault(FaultTypes.TIMEOUT));
      store.storeTask();
      TaskExplainResponse third =
          explain(store, TaskExplainRequest.newBuilder().setFault(fault(FaultTypes.TIMEOUT)));
      assertThat(third.getAction()).isEqualTo(RecoveryAction.MOVE_NODE);
      assertThat(third.getUsed()).isEqualTo(2);
      Fault hopeless = Fault.newBuilder().setType("X").build();
      TaskExplainResponse end = explain(store, TaskExplainRequest.newBuilder().setFault(hopeless));
      assertThat(end.getAction()).isEqualTo(RecoveryAction.FAIL);
      assertThat(end.getRule()).isEqualTo(-1);
    }
  }

  @Test
  void explanationOfAFaultThatCannotBeIsRefused() {
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      store.storeTask();
      ByteString item = ByteString.copyFrom(new byte[Limits.ITEM_BYTES_MAX + 1]);
      Fault fault = fault("X").toBuilder().setPlace(FaultPlace.newBuilder().setItem(item)).build();
      refused(
          store,
          ErrorCode.TOO_LARGE,
          Query.newBuilder()
              .setTaskExplain(
                  TaskExplainRequest.newBuilder().setTask(JobStore.TASK_NAME).setFault(fault)));
    }
  }

  private static TaskExplainResponse explain(JobStore store, TaskExplainRequest.Builder request) {
    return ask(store, Query.newBuilder().setTaskExplain(request.setTask(JobStore.TASK_NAME)))
        .getTaskExplain();
  }

  private static List<String> all(JobStore store, FaultListRequest request) {
    List<String> found = new ArrayList<>();
    FaultListRequest.Builder next = request.toBuilder().setLimit(2);
    FaultListResponse page;
    do {
      page = ask(store, Query.newBuilder().setFaultList(next)).getFaultList();
      long job = next.getAfterJob();
      page.getFaultsList().forEach(fault -> found.add(Long.toString(fault.getNumber())));
      assertThat(page.getLastJob()).isGreaterThanOrEqualTo(job);
      next.setAfterJob(page.getLastJob()).setAfterNumber(page.getLastNumber());
    } while (page.getMore());
    return found;
  }

  private static QueryResult.Builder ask(JobStore store, Query.Builder query) {
    return JobReads.answer(store.rows(), query.build(), QueryResult.newBuilder());
  }

  private static void refused(JobStore store, ErrorCode code, Query.Builder query) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> ask(store, query));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(code);
  }
}
