package io.cairn.gate;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.HeldLock;
import io.cairn.client.KeyRange;
import io.cairn.client.LogEntry;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.TaskState;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchOp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a user's program does with the published jar. {@link ClientJarIT} runs it in a JVM of its
 * own; it may use nothing but the public client.
 */
public final class ClientJarMain {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** State of the task: a record with parts, stored by the default codec. */
  record Position(long line, double sum, List<String> seen) {}

  private ClientJarMain() {}

  /** Uses the cluster at the endpoints given as the only argument; prints OK. */
  public static void main(String[] arguments) {
    try (Cairn cairn = Cairn.connect(arguments[0])) {
      keys(cairn);
      task(cairn);
      lock(cairn);
      watch(cairn);
    }
    System.out.println("OK");
  }

  private static void keys(Cairn cairn) {
    cairn.kv().put("jar/key", "value");
    String read = cairn.kv().get("jar/key").orElseThrow().value().toUtf8();
    expect("value", read, "value of jar/key");
  }

  private static void task(Cairn cairn) {
    Position half = new Position(1, 0.5, List.of("a"));
    try (TaskRun<Position> run = cairn.task("jar/task", Position.class).acquire()) {
      Position first = run.stateOr(() -> new Position(0, 0, List.of()));
      expect(0L, first.line(), "line of a first run");
      run.checkpoint(half);
      run.append("b".getBytes(StandardCharsets.UTF_8));
    }
    try (TaskRun<Position> run = cairn.task("jar/task", Position.class).acquire()) {
      Position recovered = run.stateOr(() -> new Position(0, 0, List.of()));
      expect(half, recovered, "recovered state");
      for (LogEntry record : run.recovered()) {
        expect("b", record.payload().toUtf8(), "recovered record");
      }
      run.complete("done");
    }
    TaskState end = cairn.tasks().get(TaskName.of("jar/task")).orElseThrow().state();
    expect(TaskState.SUCCEEDED, end, "state of jar/task");
  }

  private static void lock(Cairn cairn) {
    try (HeldLock lock = cairn.locks().tryLock("jar/lock").orElseThrow()) {
      expect(true, lock.token() > 0, "token is positive");
    }
  }

  private static void watch(Cairn cairn) {
    Bytes key = Bytes.utf8("jar/watched");
    try (WatchCursor watch = cairn.kv().watch(WatchOp.of(KeyRange.key(key)))) {
      watch.awaitStart(PATIENCE);
      cairn.kv().put(key, Bytes.utf8("1"));
      WatchEvent event = watch.next(PATIENCE).orElseThrow();
      expect(key, event.keyValue().key(), "watched key");
    }
  }

  private static void expect(Object expected, Object actual, String what) {
    if (!Objects.equals(expected, actual)) {
      throw new IllegalStateException(what + ": expected " + expected + ", found " + actual);
    }
  }
}
