package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskCancelRequest;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskDeleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSpec;
import io.cairn.protocol.v1.TaskStageRequest;

/** Requests of an owner, with the digests that belong to them. */
final class Requests {
  private Requests() {}

  static TaskName name(String name) {
    return TaskName.newBuilder().setNamespace("default").setName(name).build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static TaskSpec keeping(int checkpoints) {
    return TaskSpec.newBuilder().setCheckpointsKept(checkpoints).build();
  }

  static TaskAcquireRequest acquire(String name, long lease) {
    return TaskAcquireRequest.newBuilder()
        .setName(name(name))
        .setLease(lease)
        .setOwner("worker-" + lease)
        .setCreate(true)
        .build();
  }

  static TaskStageRequest stage(String name, long epoch, long seq, String section, String data) {
    return TaskStageRequest.newBuilder()
        .setName(name(name))
        .setEpoch(epoch)
        .setSeq(seq)
        .setSection(section)
        .setData(bytes(data))
        .build();
  }

  static TaskCompleteRequest complete(String name, long epoch, String result) {
    return TaskCompleteRequest.newBuilder()
        .setName(name(name))
        .setEpoch(epoch)
        .setResult(bytes(result))
        .setResultDigest(Sha256.of(bytes(result)))
        .build();
  }

  static TaskFailRequest fail(String name, long epoch, boolean retryable) {
    return TaskFailRequest.newBuilder()
        .setName(name(name))
        .setEpoch(epoch)
        .setFault(
            Fault.newBuilder()
                .setType("java.io.IOException")
                .setLocation("row 7")
                .setMessage("the line\nis torn")
                .setRetryable(retryable))
        .build();
  }

  static TaskReleaseRequest release(String name, long epoch) {
    return TaskReleaseRequest.newBuilder().setName(name(name)).setEpoch(epoch).build();
  }

  static TaskCancelRequest cancel(String name) {
    return TaskCancelRequest.newBuilder().setName(name(name)).build();
  }

  static TaskDeleteRequest delete(String name) {
    return TaskDeleteRequest.newBuilder().setName(name(name)).build();
  }

  static Save save(String name, long epoch) {
    return new Save(name, epoch);
  }

  /** Records and a checkpoint, put together step by step. */
  static final class Save {
    private final TaskSaveRequest.Builder request = TaskSaveRequest.newBuilder();

    private Save(String name, long epoch) {
      request.setName(name(name)).setEpoch(epoch);
    }

    Save records(long firstLsn, String... payloads) {
      request.setFirstLsn(firstLsn);
      for (String payload : payloads) {
        request.addRecords(RecordWrite.newBuilder().setPayload(bytes(payload)));
      }
      return this;
    }

    Save checkpoint(long seq, long coveredLsn) {
      checkpoint().setSeq(seq).setCoveredLsn(coveredLsn).setTrigger("count");
      return this;
    }

    Save section(String name, String data) {
      section(name, data, data).setInline(bytes(data));
      return this;
    }

    Save staged(String name, String data) {
      section(name, data, data).setStaged(true);
      return this;
    }

    Save sameAs(String name, String data, long seq) {
      section(name, data, data).setSameAsSeq(seq);
      return this;
    }

    /** A section whose bytes are not those of its digest. */
    Save wrongSection(String name, String data) {
      section(name, data, data + "!").setInline(bytes(data));
      return this;
    }

    CheckpointWrite.Builder checkpoint() {
      return request.getCheckpointBuilder();
    }

    private SectionWrite.Builder section(String name, String data, String digested) {
      return checkpoint()
          .addSectionsBuilder()
          .setName(name)
          .setLength(bytes(data).size())
          .setDigest(Sha256.of(bytes(digested)));
    }

    TaskSaveRequest build() {
      return request.build();
    }

    TaskCompleteRequest completing(String result) {
      TaskSaveRequest save = request.build();
      TaskCompleteRequest.Builder complete =
          complete(save.getName().getName(), save.getEpoch(), result).toBuilder()
              .setFirstLsn(save.getFirstLsn())
              .addAllRecords(save.getRecordsList());
      if (save.hasCheckpoint()) {
        complete.setCheckpoint(save.getCheckpoint());
      }
      return complete.build();
    }
  }
}
