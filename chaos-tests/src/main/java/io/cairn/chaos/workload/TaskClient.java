package io.cairn.chaos.workload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.client.Bytes;
import io.cairn.client.Checkpoint;
import io.cairn.client.LogEntry;
import io.cairn.client.Page;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskWrites;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A worker of tasks by the calls that have no guard of the client in front: whether it still owns
 * the task is for the store to say.
 */
final class TaskClient extends StoreClient {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final TaskSpec SPEC = new TaskSpec(0, true, Map.of());
  private static final int TRIES_MAX = 8;
  private static final int PAGE = 1_000;

  /** Of so many refused claims one takes the task all the same. */
  private static final int TAKES_ONE_IN = 8;

  private final long process;
  private final int sections;
  private final int sectionBytes;
  private final int takesOneIn;
  private int refusals;

  private TaskClient(TestNode node, long process, int sections, int sectionBytes, int takesOneIn) {
    super(node, process);
    this.process = process;
    this.sections = sections;
    this.sectionBytes = sectionBytes;
    this.takesOneIn = takesOneIn;
  }

  /** Small states, and owners that are replaced all the time. */
  static TaskClient contending(TestNode node, long process) {
    return new TaskClient(node, process, 1, 0, TAKES_ONE_IN);
  }

  /** States of several sections; owners keep their task as long as their lease. */
  static TaskClient saving(TestNode node, long process, int sections, int sectionBytes) {
    return new TaskClient(node, process, sections, sectionBytes, 0);
  }

  @Override
  boolean changes(String f) {
    return !f.equals("recover");
  }

  @Override
  Completion perform(Op invocation) {
    List<?> pair = Values.list(invocation.value());
    Object key = Values.at(pair, 0);
    TaskName task = TaskName.of("chaos-" + key);
    return switch (invocation.f()) {
      case "claim" -> keyed(key, claim(task));
      case "checkpoint" -> keyed(key, checkpoint(task, Values.map(pair.get(1))));
      case "append" -> keyed(key, append(task, Values.map(pair.get(1))));
      case "recover" -> keyed(key, recover(task));
      default -> throw unknown(invocation);
    };
  }

  private static Completion keyed(Object key, Completion completion) {
    return completion.withValue(Arrays.asList(key, completion.value()));
  }

  /**
   * Now and then it takes the task from whoever has it, as an operator would: owners are replaced
   * far more often than leases end.
   */
  private Completion claim(TaskName task) {
    long lease = cairn().leases().grant(LEASE).id();
    TaskWrites.Claim claim = acquire(task, lease);
    if (claim.result() == TaskWrites.Claim.Result.HELD
        && takesOneIn > 0
        && ++refusals % takesOneIn == 0) {
      await(cairn().tasks().raw().release(task, claim.task().epoch()));
      claim = acquire(task, lease);
    }
    if (claim.result() != TaskWrites.Claim.Result.ACQUIRED) {
      return Completion.fail(null, claim.result().name());
    }
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("epoch", claim.task().epoch());
    value.put("seq", claim.task().checkpointSeq());
    value.put("lsn", claim.task().lastLsn());
    return Completion.ok(value);
  }

  private TaskWrites.Claim acquire(TaskName task, long lease) {
    return await(cairn().tasks().raw().acquire(task, lease, "p" + process, Optional.of(SPEC)));
  }

  private Completion checkpoint(TaskName task, Map<?, ?> value) {
    Bytes data = section(Values.number(value, "data"));
    Map<String, Bytes> bytes = new LinkedHashMap<>();
    for (int i = 0; i < sections; i++) {
      bytes.put("s" + i, data);
    }
    TaskWrites.CheckpointDraft draft =
        new TaskWrites.CheckpointDraft(Values.number(value, "seq"), "chaos", Map.of(), bytes, 0);
    await(
        cairn()
            .tasks()
            .raw()
            .save(task, Values.number(value, "epoch"), 0, List.of(), Optional.of(draft)));
    return Completion.ok(value);
  }

  /** The number over and over, so that bytes of two states in one section are seen. */
  private Bytes section(long data) {
    String text = Long.toString(data);
    return Bytes.utf8((text + " ").repeat(sectionBytes / (text.length() + 1)) + text);
  }

  private Completion append(TaskName task, Map<?, ?> value) {
    Bytes record = Bytes.utf8(String.valueOf(value.get("id")));
    long lsn = Values.number(value, "lsn");
    TaskWrites.Saved saved =
        await(
            cairn()
                .tasks()
                .raw()
                .append(task, Values.number(value, "epoch"), lsn, List.of(record)));
    return appended(value, saved);
  }

  /** Of one record the store answers its place, also when it has had it before. */
  static Completion appended(Map<?, ?> value, TaskWrites.Saved saved) {
    Map<Object, Object> done = new LinkedHashMap<>(value);
    done.put("index", saved.lastLsn() - 1);
    return Completion.ok(done);
  }

  /**
   * What is there at one moment: the task is looked at before and after its parts are read, and if
   * it did not change between, the parts belong together.
   */
  private Completion recover(TaskName task) {
    for (int i = 0; i < TRIES_MAX; i++) {
      Optional<Task> before = cairn().tasks().get(task);
      Map<String, Object> found = parts(task, before);
      Optional<Task> after = cairn().tasks().get(task);
      if (before.equals(after)) {
        return Completion.ok(found);
      }
    }
    return Completion.fail(null, "it kept changing");
  }

  private Map<String, Object> parts(TaskName name, Optional<Task> task) {
    long seq = task.map(Task::checkpointSeq).orElse(-1L);
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("epoch", task.map(Task::epoch).orElse(0L));
    found.put("seq", seq);
    found.put("data", seq < 0 ? Keyword.ABSENT : data(name, seq));
    found.put("covered", 0L);
    found.put("log", task.map(seen -> log(name, seen.lastLsn())).orElse(List.of()));
    return found;
  }

  /** The number that all sections hold; if they do not, all that was found. */
  private Object data(TaskName task, long seq) {
    Set<String> numbers = new LinkedHashSet<>();
    List<Checkpoint.Section> kept =
        cairn().tasks().checkpoints(task).stream()
            .filter(checkpoint -> checkpoint.seq() == seq)
            .findFirst()
            .map(Checkpoint::sections)
            .orElse(List.of());
    for (Checkpoint.Section section : kept) {
      String text = cairn().tasks().section(task, seq, section.name()).toUtf8();
      numbers.addAll(Arrays.asList(text.split(" ", -1)));
    }
    if (kept.size() == sections && numbers.size() == 1) {
      return Long.parseLong(numbers.iterator().next());
    }
    return "torn: " + kept.size() + " sections with " + numbers;
  }

  private List<Object> log(TaskName task, long lastLsn) {
    return ids(lastLsn, next -> cairn().tasks().log(task, next, PAGE));
  }

  /**
   * The ids of all records up to the last that the task says it has. Nothing is ever covered here,
   * so one that is not there was lost, and stands in the log as what no append ever sent.
   */
  static List<Object> ids(long lastLsn, LongFunction<Page<LogEntry>> pageFrom) {
    List<Object> ids = new ArrayList<>();
    long next = 1;
    while (next <= lastLsn) {
      Page<LogEntry> page = pageFrom.apply(next);
      if (page.items().isEmpty()) {
        ids.add("lsn " + next + " to " + lastLsn + " missing");
        return ids;
      }
      for (LogEntry entry : page.items()) {
        if (entry.lsn() == next && entry.lsn() <= lastLsn) {
          ids.add(Long.parseLong(new String(entry.payload().toArray(), UTF_8)));
        } else if (entry.lsn() <= lastLsn) {
          ids.add("lsn " + entry.lsn() + " where " + next + " should be");
        }
        next = entry.lsn() + 1;
      }
    }
    return ids;
  }

  private static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; the request goes on", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }
}
