package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskHistoryEvent;
import io.cairn.protocol.v1.TaskHistoryRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskListResponse;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskReadsTest {
  @TempDir Path folder;
  private TaskStore store;

  @BeforeEach
  void open() {
    store = new TaskStore(folder);
    store.lease(1, 10_000);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void listPagesThroughOneNamespaceAndPrefix() {
    for (String name : List.of("a", "b/1", "b/2", "b/3", "b0", "c")) {
      store.create(name, Requests.keeping(1));
    }
    TaskName elsewhere = TaskName.newBuilder().setNamespace("other").setName("b/4").build();
    TaskCreateRequest request = TaskCreateRequest.newBuilder().setName(elsewhere).build();
    store.apply(context -> store.table().create(context, request));
    assertThat(all(list().build())).containsExactly("a", "b/1", "b/2", "b/3", "b0", "c");
    assertThat(all(list().setNamePrefix("b/").setLimit(2).build()))
        .containsExactly("b/1", "b/2", "b/3");
    assertThat(all(list().setNamePrefix("b/").setAfter("a").build())).hasSize(3);
    assertThat(all(list().setNamePrefix("b/").setAfter("c").build())).isEmpty();
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> TaskReads.list(store.rows(), TaskListRequest.getDefaultInstance()));
  }

  @Test
  void listFiltersByState() {
    store.create("a", Requests.keeping(1));
    store.acquire("b", 1);
    store.create("c", Requests.keeping(1));
    store.cancel("c");
    assertThat(all(list().addStates(TaskState.RUNNING).build())).containsExactly("b");
    assertThat(
            all(
                list()
                    .setLimit(1)
                    .addStates(TaskState.CANCELLED)
                    .addStates(TaskState.PENDING)
                    .build()))
        .containsExactly("a", "c");
  }

  @Test
  void historyKeepsTheLastEvents() {
    for (int i = 0; i < 200; i++) {
      store.release("t", store.acquire("t", 1));
    }
    List<TaskHistoryEvent> events =
        TaskReads.history(
                store.rows(), TaskHistoryRequest.newBuilder().setName(Requests.name("t")).build())
            .getEventsList();
    assertThat(events).hasSize(Limits.HISTORY_EVENTS_KEPT);
    assertThat(store.count(ColumnFamily.TASK_HISTORY)).isEqualTo(Limits.HISTORY_EVENTS_KEPT);
    TaskHistoryEvent last = events.get(events.size() - 1);
    assertThat(last.getNumber()).isEqualTo(401);
    assertThat(last.getKind()).isEqualTo("RELEASED");
    assertThat(last.getAttempt()).isEqualTo(200);
    assertThat(events.get(0).getNumber()).isEqualTo(401 - Limits.HISTORY_EVENTS_KEPT + 1);
  }

  @Test
  void faultWithoutNamesIsRefused() {
    long epoch = store.acquire("t", 1);
    var noType = Requests.fail("t", epoch, true).toBuilder();
    noType.getFaultBuilder().clearType();
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.apply(context -> store.table().fail(context, noType.build())));
    var longText = Requests.fail("t", epoch, true).toBuilder();
    longText.getFaultBuilder().setMessage("x".repeat(Limits.FAULT_TEXT_BYTES_MAX + 1));
    refused(
        ErrorCode.TOO_LARGE,
        () -> store.apply(context -> store.table().fail(context, longText.build())));
  }

  private static TaskListRequest.Builder list() {
    return TaskListRequest.newBuilder().setNamespace("default");
  }

  private List<String> all(TaskListRequest request) {
    List<String> names = new ArrayList<>();
    TaskListRequest next = request;
    while (true) {
      TaskListResponse page = TaskReads.list(store.rows(), next);
      page.getTasksList().forEach(task -> names.add(task.getName().getName()));
      if (!page.getMore()) {
        return names;
      }
      next = next.toBuilder().setAfter(page.getLast()).build();
    }
  }
}
