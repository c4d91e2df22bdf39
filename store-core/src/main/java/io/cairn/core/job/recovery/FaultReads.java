package io.cairn.core.job.recovery;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.QuarantineRow;
import io.cairn.core.task.AnswerPage;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.FaultListRequest;
import io.cairn.protocol.v1.FaultListResponse;
import io.cairn.protocol.v1.FaultRecord;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.QuarantineListRequest;
import io.cairn.protocol.v1.QuarantineListResponse;
import io.cairn.protocol.v1.QuarantinedItem;
import io.cairn.protocol.v1.TaskGetRequest;
import java.util.Arrays;

/** Answers what is asked about faults and items in quarantine, page by page. Any thread. */
public final class FaultReads {
  private FaultReads() {}

  /** Faults, by job and number. Refuses JOB_NOT_FOUND. */
  public static FaultListResponse faults(ReadView view, FaultListRequest request) {
    natural("job to go on after", request.getAfterJob());
    natural("number to go on after", request.getAfterNumber());
    byte[] end = null;
    long job = request.getAfterJob();
    long after = request.getAfterNumber();
    if (request.hasJob()) {
      long only = jobId(view, request.getJob());
      after = job == only || job == 0 ? after : 0;
      job = only;
      end = KeyLayout.prefixEnd(KeyLayout.id(only));
    }
    byte[] behind = behind(KeyLayout.pair(job, after));
    int limit = AnswerPage.rows(request.getLimit());
    AnswerPage page = new AnswerPage(Limits.ANSWER_BYTES_MAX);
    FaultListResponse.Builder response = FaultListResponse.newBuilder();
    try (Cursor cursor = view.ascend(ColumnFamily.JOB_FAULT, behind, end)) {
      while (cursor.next()) {
        FaultRecord fault = fault(cursor.value());
        if (response.getFaultsCount() == limit || !page.takes(fault)) {
          return response.setMore(true).build();
        }
        response
            .addFaults(fault)
            .setLastJob(KeyLayout.readLong(cursor.key(), 0))
            .setLastNumber(fault.getNumber());
      }
    }
    return response.build();
  }

  /** The items of a task that are left out. Refuses TASK_NOT_FOUND. */
  public static QuarantineListResponse quarantine(ReadView view, QuarantineListRequest request) {
    long task =
        TaskReads.get(view, TaskGetRequest.newBuilder().setName(request.getTask()).build()).getId();
    Checks.size("item to go on after", request.getAfter().size(), Limits.ITEM_BYTES_MAX);
    byte[] from =
        request.getAfter().isEmpty()
            ? KeyLayout.id(task)
            : behind(KeyLayout.item(task, request.getAfter().toByteArray()));
    int limit = AnswerPage.rows(request.getLimit());
    AnswerPage page = new AnswerPage(Limits.ANSWER_BYTES_MAX);
    QuarantineListResponse.Builder response = QuarantineListResponse.newBuilder();
    int seen = 0;
    try (Cursor cursor =
        view.ascend(ColumnFamily.QUARANTINE, from, KeyLayout.prefixEnd(KeyLayout.id(task)))) {
      while (cursor.next()) {
        ByteString name = KeyLayout.nameOfItem(cursor.key());
        QuarantineRow row = Quarantine.parse(cursor.value(), task);
        QuarantinedItem item =
            QuarantinedItem.newBuilder()
                .setItem(name)
                .setFailures(row.getFailures())
                .setFault(row.getFault())
                .build();
        if (seen == Quarantine.ROWS_MAX
            || (row.getSkipped() && (response.getItemsCount() == limit || !page.takes(item)))) {
          return response.setMore(true).build();
        }
        seen++;
        response.setLast(name);
        if (row.getSkipped()) {
          response.addItems(item);
        }
      }
    }
    return response.build();
  }

  private static long jobId(ReadView view, JobName name) {
    Checks.name("namespace", name.getNamespace(), false);
    Checks.name("job name", name.getName(), false);
    byte[] id =
        view.get(ColumnFamily.JOB_NAME, KeyLayout.jobName(name.getNamespace(), name.getName()));
    if (id == null) {
      throw new Refusal(
          ErrorCode.JOB_NOT_FOUND, "no job " + name.getNamespace() + ":" + name.getName());
    }
    return KeyLayout.readLong(id, 0);
  }

  private static FaultRecord fault(byte[] bytes) {
    try {
      return FaultRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a fault of a job is damaged", e);
    }
  }

  private static byte[] behind(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  private static void natural(String what, long number) {
    if (number < 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, what + ": " + number + " is negative", 0, number);
    }
  }
}
