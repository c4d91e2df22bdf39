package io.cairn.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskSaveResponse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random commands, each answer compared with the model's, on two replicas that end their batches at
 * different places.
 */
class TaskAgainstModelTest {
  private static final int COMMANDS = 100_000;

  /** Each must come up, or the commands are not the ones that are meant. */
  private static final Set<ErrorCode> REFUSALS =
      EnumSet.of(
          ErrorCode.TASK_NOT_FOUND,
          ErrorCode.TASK_EXISTS,
          ErrorCode.FENCED,
          ErrorCode.EPOCH_UNKNOWN,
          ErrorCode.SEQ_GAP,
          ErrorCode.SEQ_CONFLICT,
          ErrorCode.LSN_GAP,
          ErrorCode.LSN_CONFLICT,
          ErrorCode.DIGEST_MISMATCH,
          ErrorCode.WRONG_STATE,
          ErrorCode.LEASE_NOT_FOUND,
          ErrorCode.CHECKPOINT_NOT_FOUND,
          ErrorCode.INVALID_ARGUMENT);

  /** A command as it is sent: to a store, and what the model says to it. */
  private record Sent(
      String what, Function<TaskStore, Object> store, Function<TaskModel, Object> model) {}

  private final long seed = Long.getLong("seed", 7);
  private final Random random = new Random(seed);
  private final TaskModel model = new TaskModel();
  private final RandomTasks tasks = new RandomTasks(random, model);
  private final Deque<Sent> recent = new ArrayDeque<>();
  private final Map<ErrorCode, Integer> refused = new EnumMap<>(ErrorCode.class);
  private int resent;

  @TempDir Path folder;

  @Test
  void randomCommandsDoWhatTheModelDoes() {
    int step = 0;
    Sent command = null;
    try (TaskStore store = new TaskStore(folder.resolve("a"));
        TaskStore replica = new TaskStore(folder.resolve("b"))) {
      TaskInvariants invariants = new TaskInvariants(model);
      for (; step < COMMANDS; step++) {
        command = next();
        compare(store, replica, command);
        invariants.checkStep(store);
        if (random.nextInt(8) == 0) {
          store.commit();
        }
        if (random.nextInt(12) == 0) {
          replica.commit();
        }
        if (step % 500 == 499) {
          long millis = random.nextInt(100);
          for (TaskStore each : List.of(store, replica)) {
            each.collect(1 + step % 7 * 100);
            each.advance(millis);
            each.collect(10_000);
            each.commit();
          }
          model.time += millis;
          invariants.checkAll(store);
          assertThat(replica.digest()).as("I7").isEqualTo(store.digest());
        }
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dseed=" + seed + ", command " + step + ": " + command, e);
    }
    assertThat(refused.keySet()).as("refused, -Dseed=" + seed).containsAll(REFUSALS);
    assertThat(refused.values().stream().mapToInt(count -> count).sum())
        .as("refused " + refused + ", -Dseed=" + seed)
        .isBetween(COMMANDS / 10, COMMANDS / 2);
    assertThat(resent).as("resent, -Dseed=" + seed).isGreaterThan(COMMANDS / 6);
  }

  private void compare(TaskStore store, TaskStore replica, Sent command) {
    Object expected;
    try {
      expected = command.model().apply(model);
    } catch (TaskModel.Refused e) {
      expected = e.code;
      refused.merge(e.code, 1, Integer::sum);
    }
    assertThat(answer(store, command)).as(command.what()).isEqualTo(expected);
    assertThat(answer(replica, command)).as("replica: " + command.what()).isEqualTo(expected);
  }

  private static Object answer(TaskStore store, Sent command) {
    try {
      return command.store().apply(store);
    } catch (Refusal refusal) {
      return refusal.code();
    }
  }

  private Sent next() {
    if (!recent.isEmpty() && random.nextInt(5) == 0) {
      resent++;
      // Mostly the last one, as after a lost answer.
      List<Sent> choice = new ArrayList<>(recent);
      return choice.get(Math.min(choice.size() - 1, random.nextInt(2) * random.nextInt(16)));
    }
    Sent command = fresh();
    recent.addFirst(command);
    if (recent.size() > 16) {
      recent.removeLast();
    }
    return command;
  }

  private Sent fresh() {
    int kind = random.nextInt(100);
    if (kind < 3) {
      String name = tasks.name();
      int kept = tasks.checkpointsKept(name);
      return sent(
          "create " + name, s -> s.create(name, Requests.keeping(kept)), m -> m.create(name, kept));
    } else if (kind < 15 || (kind >= 90 && kind < 94)) {
      return acquire(tasks.nameIn("PENDING", ""), tasks.liveLease(), random.nextInt(4) > 0);
    } else if (kind < 63) {
      String name = tasks.nameIn("RUNNING");
      return save(name, tasks.save(name, false));
    } else if (kind < 80) {
      String name = tasks.nameIn("RUNNING");
      long epoch = tasks.epoch(name);
      long seq = tasks.seq(name);
      String section = tasks.section();
      String data = tasks.data();
      return sent(
          "stage " + name + " " + epoch + " " + seq + " " + section + " " + data,
          s -> s.stage(name, epoch, seq, section, data),
          m -> m.stage(name, epoch, seq, section, data));
    } else if (kind < 96) {
      return ending(kind);
    }
    long lease = tasks.lease();
    if (!model.leases.contains(lease)) {
      return sent("grant " + lease, s -> grant(s, lease), m -> m.leases.add(lease));
    }
    return sent("end lease " + lease, s -> endLease(s, lease), m -> m.endLease(lease));
  }

  private Sent ending(int kind) {
    if (kind >= 94) {
      String ended = tasks.nameIn("SUCCEEDED", "FAILED", "CANCELLED");
      return sent("delete " + ended, s -> s.delete(ended), m -> m.delete(ended));
    }
    String name = tasks.nameIn("RUNNING");
    long epoch = tasks.epoch(name);
    if (kind < 82) {
      TaskModel.Save last = tasks.save(name, true);
      String result = tasks.data();
      return sent(
          "complete " + name + " " + last,
          s ->
              s.apply(
                  context -> s.table().complete(context, request(name, last).completing(result))),
          m -> m.complete(name, last, result));
    } else if (kind < 84) {
      RecoveryAction action = tasks.action();
      int by = random.nextInt(4);
      return sent(
          "fault " + name + " " + epoch + " " + action + " by " + by,
          s -> s.fault(name, epoch, action, by),
          m -> m.fault(name, epoch, action, by));
    } else if (kind < 85) {
      boolean retryable = random.nextInt(4) > 0;
      return sent(
          "fail " + name + " " + epoch + " " + retryable,
          s -> s.fail(name, epoch, retryable),
          m -> m.fail(name, epoch, retryable));
    } else if (kind < 89) {
      return sent(
          "release " + name + " " + epoch,
          s -> s.release(name, epoch),
          m -> m.release(name, epoch));
    }
    return sent("cancel " + name, s -> s.cancel(name), m -> m.cancel(name));
  }

  private static Sent acquire(String name, long lease, boolean create) {
    var request = Requests.acquire(name, lease).toBuilder().setCreate(create).build();
    return new Sent(
        "acquire " + name + " " + lease,
        s -> {
          TaskAcquireResponse response = s.tryAcquire(request);
          return response.getResult().name();
        },
        m -> m.acquire(name, lease, create));
  }

  private static Sent save(String name, TaskModel.Save save) {
    return new Sent(
        "save " + name + " " + save,
        s -> {
          TaskSaveResponse done = s.save(request(name, save));
          return new TaskModel.Answer(
              done.getCheckpointSeq(), done.getLastLsn(), done.getTimeMillis());
        },
        m -> m.save(name, save));
  }

  private static Requests.Save request(String name, TaskModel.Save save) {
    Requests.Save request = Requests.save(name, save.epoch());
    request.records(save.firstLsn(), save.records().toArray(String[]::new));
    TaskModel.Point point = save.point();
    if (point != null) {
      request.checkpoint(point.seq(), point.covered());
      for (TaskModel.Sent sent : point.sections()) {
        if (sent.source() == TaskModel.Sent.INLINE) {
          request.section(sent.name(), sent.data());
        } else if (sent.source() == TaskModel.Sent.STAGED) {
          request.staged(sent.name(), sent.data());
        } else {
          request.sameAs(sent.name(), sent.data(), sent.source());
        }
      }
    }
    return request;
  }

  /** A command whose answer says no more than that it was done. */
  private static Sent sent(String what, Consumer<TaskStore> store, Consumer<TaskModel> model) {
    return new Sent(
        what,
        s -> {
          store.accept(s);
          return "done";
        },
        m -> {
          model.accept(m);
          return "done";
        });
  }

  private static void grant(TaskStore store, long lease) {
    try {
      store.lease(lease, 10_000);
    } catch (Refusal exists) {
      assertThat(exists.code()).isEqualTo(ErrorCode.LEASE_EXISTS);
    }
  }

  private static void endLease(TaskStore store, long lease) {
    try {
      store.endLease(lease);
    } catch (Refusal gone) {
      assertThat(gone.code()).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
    }
  }
}
