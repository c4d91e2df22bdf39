package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.ResultField;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskStats;
import io.cairn.protocol.v1.WorkStats;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What owners tell beside state and result: places of faults, values to compare, costs. */
class TaskFaultTest {
  @TempDir Path folder;
  private TaskStore store;
  private long epoch;

  @BeforeEach
  void open() {
    store = new TaskStore(folder);
    store.lease(1, 10_000);
    epoch = store.acquire("t", 1);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void placeOfAFaultIsKept() {
    FaultPlace place =
        FaultPlace.newBuilder()
            .setNode("n")
            .setWorker("w")
            .setPartition("s/0")
            .setPath("/in")
            .setItem(ByteString.copyFromUtf8("i"))
            .addSections("a")
            .build();
    TaskFailRequest request = failing(place);
    Task task = store.apply(context -> store.table().fail(context, request));
    assertThat(task.getFault().getPlace()).isEqualTo(place);
    assertThat(task.getFault().getAction()).as("only the store says so").isEmpty();
    assertThat(task.getFault().getPauseMillis()).isZero();
    store.applyAgain(context -> store.table().fail(context, request));
    TaskFailRequest other = failing(place.toBuilder().setPath("/out").build());
    refused(ErrorCode.FENCED, () -> store.apply(context -> store.table().fail(context, other)));
  }

  @Test
  void placesAreBounded() {
    tooLarge(FaultPlace.newBuilder().setItem(ByteString.copyFrom(new byte[513])));
    tooLarge(FaultPlace.newBuilder().setNode("n".repeat(Limits.NAME_BYTES_MAX + 1)));
    tooLarge(FaultPlace.newBuilder().setWorker("w".repeat(Limits.NAME_BYTES_MAX + 1)));
    tooLarge(FaultPlace.newBuilder().setPartition("p".repeat(Limits.TASK_NAME_BYTES_MAX + 1)));
    tooLarge(FaultPlace.newBuilder().setPath("p".repeat(Limits.FAULT_TEXT_BYTES_MAX + 1)));
    tooLarge(
        FaultPlace.newBuilder()
            .addAllSections(Collections.nCopies(Limits.FAULT_SECTIONS_MAX + 1, "s")));
  }

  @Test
  void valueOfAResultIsKeptAndPartOfTheEnd() {
    ResultValue value =
        ResultValue.newBuilder()
            .setHasNumber(true)
            .setNumber(-0.0)
            .addFields(ResultField.newBuilder().setName("a").setNumber(1.5))
            .addFields(ResultField.newBuilder().setName("b").setText("x"))
            .build();
    TaskCompleteRequest request = completing(value).build();
    assertThat(store.apply(context -> store.table().complete(context, request)).getResultValue())
        .isEqualTo(value);
    TaskCompleteRequest withCosts =
        request.toBuilder().setStats(WorkStats.newBuilder().setCheckpointMicros(3)).build();
    store.applyAgain(context -> store.table().complete(context, withCosts));
    TaskCompleteRequest other = completing(value.toBuilder().setNumber(0.0).build()).build();
    refused(ErrorCode.FENCED, () -> store.apply(context -> store.table().complete(context, other)));
  }

  @Test
  void valuesThatCannotBeComparedAreRefused() {
    ResultField.Builder field = ResultField.newBuilder().setName("a");
    refusedValue(ErrorCode.INVALID_ARGUMENT, ResultValue.newBuilder().setNumber(Double.NaN));
    refusedValue(
        ErrorCode.INVALID_ARGUMENT,
        ResultValue.newBuilder().addFields(field.setNumber(Double.NaN)));
    refusedValue(
        ErrorCode.INVALID_ARGUMENT,
        ResultValue.newBuilder().addFields(field.setNumber(1)).addFields(field.setNumber(2)));
    refusedValue(
        ErrorCode.INVALID_ARGUMENT, ResultValue.newBuilder().addFields(field.clearValue()));
    refusedValue(
        ErrorCode.TOO_LARGE,
        ResultValue.newBuilder().addFields(field.setText("x".repeat(Limits.LABEL_BYTES_MAX + 1))));
    ResultValue.Builder many = ResultValue.newBuilder();
    for (int i = 0; i <= Limits.RESULT_FIELDS_MAX; i++) {
      many.addFields(ResultField.newBuilder().setName("f" + i).setNumber(i));
    }
    refusedValue(ErrorCode.TOO_LARGE, many);
  }

  @Test
  void costsAreSummedUpOncePerCommand() {
    WorkStats first =
        WorkStats.newBuilder()
            .setCheckpointMicros(5)
            .setRecoveredBytes(7)
            .setIntervalMillis(1_000)
            .setIntervalReason("because")
            .build();
    store.stage("t", epoch, 0, "b", "bb");
    TaskSaveRequest zero =
        saved(save().checkpoint(0, 0).section("a", "aaa").staged("b", "bb"), first);
    store.apply(context -> store.table().save(context, zero));
    store.applyAgain(context -> store.table().save(context, zero));
    WorkStats second =
        WorkStats.newBuilder().setCheckpointMicros(Long.MAX_VALUE).setIntervalMillis(9).build();
    TaskSaveRequest one =
        saved(save().checkpoint(1, 0).sameAs("a", "aaa", 0).section("b", "c"), second);
    store.apply(context -> store.table().save(context, one));
    store.save(save().records(1, "r"));
    assertThat(store.task("t").getStats())
        .isEqualTo(
            TaskStats.newBuilder()
                .setCheckpoints(2)
                .setCheckpointBytes(6)
                .setCheckpointMicros(Long.MAX_VALUE)
                .setRecoveredBytes(7)
                .setIntervalMillis(9)
                .build());
    WorkStats negative = WorkStats.newBuilder().setRecoveredBytes(-1).build();
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            store.apply(
                context -> store.table().save(context, saved(save().records(2, "r"), negative))));
  }

  private void refusedValue(ErrorCode code, ResultValue.Builder value) {
    refused(
        code,
        () ->
            store.apply(
                context -> store.table().complete(context, completing(value.build()).build())));
  }

  private void tooLarge(FaultPlace.Builder place) {
    refused(
        ErrorCode.TOO_LARGE,
        () -> store.apply(context -> store.table().fail(context, failing(place.build()))));
  }

  private TaskCompleteRequest.Builder completing(ResultValue value) {
    return Requests.complete("t", epoch, "done").toBuilder().setValue(value);
  }

  private TaskFailRequest failing(FaultPlace place) {
    Fault fault =
        Fault.newBuilder()
            .setType("X")
            .setRetryable(true)
            .setPlace(place)
            .setAction("FAIL")
            .setPauseMillis(9)
            .build();
    return TaskFailRequest.newBuilder()
        .setName(Requests.name("t"))
        .setEpoch(epoch)
        .setFault(fault)
        .build();
  }

  private static TaskSaveRequest saved(Requests.Save save, WorkStats stats) {
    return save.build().toBuilder().setStats(stats).build();
  }

  private Requests.Save save() {
    return Requests.save("t", epoch);
  }
}
