package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.View;
import io.cairn.protocol.CheckpointDigest;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LeaseRevokeRequest;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSectionRequest;
import io.cairn.protocol.v1.TaskStageRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I5: an owner is killed in the midst of a checkpoint, at any of its entries, and now and then the
 * store together with it: before an entry is applied, when it is and its batch is not written, when
 * it is written and not flushed. Of the log survives what was applied, and of what was not any
 * first part. Whatever recovery finds is a whole checkpoint as it was sent, with its records, and
 * none older than the last that was acknowledged.
 */
class CheckpointCrashTest {
  private static final int KILLS = Integer.getInteger("kills", 500);
  private static final int OWNERS_KILLED_PER_STORE = 8;
  private static final TaskName TASK =
      TaskName.newBuilder().setNamespace("default").setName("t").build();

  @TempDir Path folder;
  private final List<byte[]> log = new ArrayList<>();
  private final Map<Long, List<Map<String, ByteString>>> sent = new HashMap<>();
  private final Map<Long, List<ByteString>> records = new HashMap<>();
  private Random random = new Random(0);
  private RocksStorage storage;
  private Engine engine;
  private long applied;
  private long lease;
  private long epoch;
  private long seq = -1;
  private long lastLsn;
  private long acknowledged; // index of the log; entries behind it were not answered
  private long acknowledgedSeq = -1;
  private long acknowledgedLsn;
  private Map<String, ByteString> newest = Map.of();

  @Test
  void recoveryFindsAWholeCheckpointNeverOlderThanTheLastAcknowledged() {
    long seed = Long.getLong("seed", 20_060_215L);
    System.out.println("CheckpointCrashTest: -Dseed=" + seed);
    random = new Random(seed);
    open();
    int unanswered = 0;
    int behind = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long before = acknowledgedSeq;
      acquire();
      assertThat(seq).as("kill %d", kill).isGreaterThanOrEqualTo(before);
      unanswered += seq > before ? 1 : 0;
      for (int i = random.nextInt(3); i > 0; i--) {
        save(Integer.MAX_VALUE);
      }
      save(random.nextInt(12));
      long reached = applied;
      loseSomeOfWhatWasNotApplied();
      if (random.nextInt(OWNERS_KILLED_PER_STORE) == 0) {
        storage.abandon();
        open();
      }
      behind += storage.appliedIndex() < reached ? 1 : 0;
      verify(storage.appliedIndex() >= acknowledged);
      replay();
      verify(true);
    }
    storage.close();
    assertThat(unanswered).as("checkpoints that survived without an answer").isPositive();
    assertThat(behind).as("databases that were behind their log").isPositive();
  }

  /** A new owner takes the task from the dead one, and goes on from what there is. */
  private void acquire() {
    List<Command> entry = new ArrayList<>();
    if (lease != 0) {
      entry.add(command().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setId(lease)).build());
    }
    lease = log.size() + 1_000L;
    entry.add(
        command()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setId(lease).setTtlMillis(60_000))
            .build());
    entry.add(
        command()
            .setTaskAcquire(
                TaskAcquireRequest.newBuilder()
                    .setName(TASK)
                    .setLease(lease)
                    .setOwner("owner")
                    .setCreate(true))
            .build());
    List<Outcome> outcomes = apply(propose(entry));
    engine.commit();
    acknowledged = applied;
    TaskAcquireResponse response = outcomes.get(outcomes.size() - 1).getTaskAcquire();
    assertThat(response.getResult()).isEqualTo(TaskAcquireResponse.Result.ACQUIRED);
    Task task = response.getTask();
    epoch = task.getEpoch();
    seq = task.getCheckpointSeq();
    lastLsn = task.getLastLsn();
    newest = sections(seq);
  }

  /** Commits a checkpoint by several entries; is dead after so many steps. */
  private void save(int steps) {
    Map<String, ByteString> next = new TreeMap<>(newest);
    CheckpointWrite.Builder write = CheckpointWrite.newBuilder().setSeq(seq + 1).setTrigger("t");
    List<Command> commands = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      SectionWrite.Builder section = write.addSectionsBuilder().setName(name);
      boolean same = newest.containsKey(name) && random.nextInt(3) == 0;
      ByteString bytes = same ? newest.get(name) : content(name);
      next.put(name, bytes);
      section.setDigest(Sha256.of(bytes)).setLength(bytes.size());
      if (same) {
        section.setSameAsSeq(seq);
      } else if (random.nextBoolean()) {
        section.setInline(bytes);
      } else {
        section.setStaged(true);
        commands.add(stage(name, bytes));
      }
    }
    TaskSaveRequest.Builder save =
        TaskSaveRequest.newBuilder().setName(TASK).setEpoch(epoch).setFirstLsn(lastLsn + 1);
    int count = random.nextInt(3);
    for (int i = 1; i <= count; i++) {
      ByteString payload = content("record");
      records.computeIfAbsent(lastLsn + i, lsn -> new ArrayList<>()).add(payload);
      save.addRecords(RecordWrite.newBuilder().setPayload(payload));
    }
    long covered = count > 0 ? lastLsn + random.nextInt(count + 1) : lastLsn;
    commands.add(command().setTaskSave(save.setCheckpoint(write.setCoveredLsn(covered))).build());
    sent.computeIfAbsent(seq + 1, number -> new ArrayList<>()).add(next);
    if (commit(commands, steps)) {
      seq++;
      lastLsn += count;
      newest = next;
      acknowledgedSeq = seq;
      acknowledgedLsn = lastLsn;
      acknowledged = applied;
    }
  }

  /** Three steps for each command: in the log, applied, written. False: it died before the end. */
  private boolean commit(List<Command> commands, int steps) {
    int left = steps;
    List<Long> waiting = new ArrayList<>();
    for (Command command : commands) {
      if (left-- <= 0) {
        return false;
      }
      waiting.add(propose(List.of(command)));
      if (left-- <= 0) {
        return false;
      }
      if (random.nextInt(4) == 0 && command.hasTaskStage()) {
        continue; // in the log, and applied with the next
      }
      for (long index : waiting) {
        assertThat(apply(index)).noneMatch(Outcome::hasError);
      }
      waiting.clear();
      if (left-- <= 0) {
        return false;
      }
      if (random.nextInt(3) > 0 || command.hasTaskSave()) {
        engine.commit();
      }
      if (random.nextInt(8) == 0) {
        engine.commit();
        storage.flush();
      }
    }
    return true;
  }

  /** It may not have reached a majority. */
  private void loseSomeOfWhatWasNotApplied() {
    int surviving = (int) applied + random.nextInt(log.size() - (int) applied + 1);
    log.subList(surviving, log.size()).clear();
  }

  private void replay() {
    for (long index = storage.appliedIndex() + 1; index <= log.size(); index++) {
      apply(index);
      if (random.nextBoolean()) {
        engine.commit();
      }
    }
    engine.commit();
    applied = log.size();
  }

  /**
   * All of a checkpoint is there, as it was sent; {@code all}: none that was answered is missing.
   */
  private void verify(boolean all) {
    QueryResult result = query(Query.newBuilder().setTaskRecover(recover()));
    if (result.hasError()) {
      assertThat(acknowledgedSeq < 0 || !all).as("%s", result.getError()).isTrue();
      return;
    }
    TaskRecoverResponse found = result.getTaskRecover();
    Task task = found.getTask();
    if (all) {
      assertThat(task.getCheckpointSeq()).isGreaterThanOrEqualTo(acknowledgedSeq);
      assertThat(task.getLastLsn()).isGreaterThanOrEqualTo(acknowledgedLsn);
    }
    if (task.getCheckpointSeq() < 0) {
      return;
    }
    assertThat(found.getCheckpoint().getSeq()).isEqualTo(task.getCheckpointSeq());
    assertThat(found.getCheckpoint().getDigest())
        .isEqualTo(CheckpointDigest.of(found.getCheckpoint()));
    Map<String, ByteString> there = new TreeMap<>();
    for (Section section : found.getCheckpoint().getSectionsList()) {
      ByteString bytes = section(task.getCheckpointSeq(), section.getName());
      assertThat(Sha256.of(bytes)).isEqualTo(section.getDigest());
      there.put(section.getName(), bytes);
    }
    assertThat(sent.getOrDefault(task.getCheckpointSeq(), List.of())).contains(there);
    long lsn = found.getCheckpoint().getCoveredLsn();
    for (LogRecord record : found.getRecordsList()) {
      assertThat(record.getLsn()).isEqualTo(++lsn);
      assertThat(records.getOrDefault(lsn, List.of())).contains(record.getPayload());
    }
    assertThat(lsn).isEqualTo(task.getLastLsn());
  }

  private Map<String, ByteString> sections(long number) {
    Map<String, ByteString> there = new TreeMap<>();
    if (number >= 0) {
      for (String name : List.of("a", "b", "c", "d")) {
        there.put(name, section(number, name));
      }
    }
    return there;
  }

  private ByteString section(long number, String name) {
    QueryResult result =
        query(
            Query.newBuilder()
                .setTaskSection(
                    TaskSectionRequest.newBuilder().setName(TASK).setSeq(number).setSection(name)));
    assertThat(result.hasError()).as("%s", result.getError()).isFalse();
    return result.getTaskSection().getData();
  }

  private static TaskRecoverRequest recover() {
    return TaskRecoverRequest.newBuilder().setName(TASK).build();
  }

  private QueryResult query(Query.Builder query) {
    try (View view = storage.view()) {
      return Queries.run(view, view.appliedIndex(), query.build());
    }
  }

  private Command stage(String name, ByteString bytes) {
    return command()
        .setTaskStage(
            TaskStageRequest.newBuilder()
                .setName(TASK)
                .setEpoch(epoch)
                .setSeq(seq + 1)
                .setSection(name)
                .setData(bytes))
        .build();
  }

  private ByteString content(String name) {
    String text = name + " of " + (seq + 1) + " under " + epoch + ", " + random.nextLong() + "; ";
    return ByteString.copyFromUtf8(text.repeat(1 + random.nextInt(20)));
  }

  private static Command.Builder command() {
    return Command.newBuilder().setGroup(1);
  }

  /** Puts an entry into the log, and returns its index. */
  private long propose(List<Command> commands) {
    Entry.Builder entry = Entry.newBuilder().setLeaderTimeMillis(1_000);
    commands.forEach(command -> entry.addCommands(command.toByteString()));
    log.add(entry.build().toByteArray());
    return log.size();
  }

  private List<Outcome> apply(long index) {
    try {
      Entry entry = Entry.parseFrom(log.get((int) index - 1));
      applied = index;
      return engine.apply(index, 1, EntryFormat.encode(entry));
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void open() {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new AssertionError(what, cause);
            });
    engine = new Engine(storage);
  }
}
