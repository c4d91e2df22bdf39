package io.cairn.core.engine;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Expire;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.LeaderStart;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LeaseRevokeRequest;
import io.cairn.protocol.v1.LockRequest;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskDeleteRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TxnRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/**
 * Commands of all kinds over few names, so that they meet: many succeed, many are refused. Seeded.
 */
final class RandomCommands {
  private static final long[] LEASES = {1, 2, 3, 4};

  private final Random random;
  private final RandomJobCommands jobs;
  private long session;
  private long sequence;

  RandomCommands(long seed) {
    this.random = new Random(seed);
    this.jobs = new RandomJobCommands(random);
  }

  /** The session that later commands may use. */
  void session(long id) {
    session = id;
    sequence = 0;
  }

  /** A command that may look at what is there. */
  Command next(ReadView view, long timeMillis) {
    Command.Builder command = EngineHarness.command();
    if (random.nextInt(3) == 0) {
      jobs.next(command, view, timeMillis);
    } else {
      plain(command);
    }
    return inSession(command);
  }

  private void plain(Command.Builder command) {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> command.setPut(put());
      case 4 ->
          command.setDeleteRange(
              DeleteRangeRequest.newBuilder()
                  .setKey(key())
                  .setRangeEnd(random.nextBoolean() ? ByteString.EMPTY : key()));
      case 5, 6 -> command.setTxn(txn());
      case 7 ->
          command.setLeaseGrant(
              LeaseGrantRequest.newBuilder()
                  .setId(lease())
                  .setTtlMillis(500 + random.nextInt(3_000)));
      case 8 -> command.setLeaseRevoke(LeaseRevokeRequest.newBuilder().setId(lease()));
      case 9 -> command.setRenew(RenewRequest.newBuilder().addLeases(lease()).addLeases(lease()));
      case 10 ->
          command.setLock(
              LockRequest.newBuilder()
                  .setName(ByteString.copyFromUtf8("lock" + random.nextInt(2)))
                  .setLease(lease()));
      case 11, 12 ->
          command.setTaskAcquire(
              TaskAcquireRequest.newBuilder()
                  .setName(task())
                  .setLease(lease())
                  .setOwner("w")
                  .setCreate(true));
      case 13, 14, 15 -> command.setTaskSave(save());
      case 16 ->
          command.setTaskComplete(
              TaskCompleteRequest.newBuilder()
                  .setName(task())
                  .setEpoch(epoch())
                  .setResult(ByteString.copyFromUtf8("r"))
                  .setResultDigest(sha("r")));
      case 17 ->
          command.setTaskRelease(TaskReleaseRequest.newBuilder().setName(task()).setEpoch(epoch()));
      case 18 -> rare(command);
      default -> command.setExpire(expire());
    }
  }

  private Command inSession(Command.Builder command) {
    if (session != 0 && random.nextInt(3) > 0) {
      boolean resend = sequence > 2 && random.nextInt(5) == 0;
      long number = resend ? sequence - random.nextInt(3) : ++sequence;
      command.setSession(session).setSequence(number).setFirstUnanswered(Math.max(1, number - 5));
    }
    return command.build();
  }

  private void rare(Command.Builder command) {
    switch (random.nextInt(5)) {
      case 0 ->
          command.setCompact(CompactRequest.newBuilder().setRevision(1 + random.nextInt(2_000)));
      case 1 -> command.setHousekeep(Housekeep.newBuilder().setRowsMax(1 + random.nextInt(50)));
      case 2 -> command.setLeaderStart(LeaderStart.newBuilder().setLeader("n" + random.nextInt(3)));
      case 3 -> command.setTaskDelete(TaskDeleteRequest.newBuilder().setName(task()));
      default ->
          command.setOpenSession(
              OpenSessionRequest.newBuilder().setTtlMillis(5_000 + random.nextInt(5_000)));
    }
  }

  private PutRequest.Builder put() {
    PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean());
    if (random.nextInt(4) == 0) {
      put.setLease(lease());
    }
    return put.setValue(ByteString.copyFromUtf8("v".repeat(random.nextInt(200))));
  }

  private TxnRequest.Builder txn() {
    return TxnRequest.newBuilder()
        .addCompare(
            Compare.newBuilder()
                .setKey(key())
                .setTarget(Compare.Target.VERSION)
                .setResult(Compare.Result.GREATER)
                .setVersion(random.nextInt(4)))
        .addSuccess(RequestOp.newBuilder().setPut(put()))
        .addFailure(
            RequestOp.newBuilder().setDeleteRange(DeleteRangeRequest.newBuilder().setKey(key())));
  }

  private TaskSaveRequest.Builder save() {
    TaskSaveRequest.Builder save = TaskSaveRequest.newBuilder().setName(task()).setEpoch(epoch());
    if (random.nextBoolean()) {
      save.setFirstLsn(1 + random.nextInt(30))
          .addRecords(RecordWrite.newBuilder().setPayload(ByteString.copyFromUtf8("x")));
    }
    if (random.nextBoolean()) {
      save.setCheckpoint(
          CheckpointWrite.newBuilder()
              .setSeq(random.nextInt(10))
              .addSections(
                  SectionWrite.newBuilder()
                      .setName("state")
                      .setInline(ByteString.copyFromUtf8("s"))
                      .setLength(1)
                      .setDigest(sha("s"))));
    }
    return save;
  }

  private Expire.Builder expire() {
    Expire.Builder expire = Expire.newBuilder();
    for (long lease : LEASES) {
      expire.addDue(
          Due.newBuilder()
              .setKind(Due.Kind.LEASE)
              .setId(lease)
              .setDeadlineMillis(1_000 + random.nextInt(100_000)));
    }
    return expire;
  }

  private ByteString key() {
    return ByteString.copyFromUtf8("k" + random.nextInt(40));
  }

  private long lease() {
    return LEASES[random.nextInt(LEASES.length)];
  }

  private long epoch() {
    return 1L + random.nextInt(60);
  }

  private TaskName task() {
    return TaskName.newBuilder().setNamespace("default").setName("t" + random.nextInt(3)).build();
  }

  private static ByteString sha(String text) {
    try {
      return ByteString.copyFrom(
          MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
