package io.cairn.core.task;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.RecoveryAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the task plane should do, said with plain collections: every checkpoint carries all its
 * sections, and no record is ever thrown away but only noted as no longer kept.
 */
final class TaskModel {
  /** The model's refusal. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    final ErrorCode code;

    Refused(ErrorCode code) {
      super(code.name(), null, false, false);
      this.code = code;
    }
  }

  /** The bytes of a section; two checkpoints may share one. */
  static final class Bytes {
    final String data;

    Bytes(String data) {
      this.data = data;
    }
  }

  /** A section as it is sent: inline, staged, or (at 0 and above) the same as in a checkpoint. */
  record Sent(String name, String data, long source) {
    static final long INLINE = -1;
    static final long STAGED = -2;
  }

  record Save(long epoch, long firstLsn, List<String> records, @Nullable Point point) {}

  record Point(long seq, long covered, List<Sent> sections) {
    /** What the digest covers: not the way in which the bytes came. */
    List<String> content() {
      return sections.stream().map(s -> s.name() + "=" + s.data()).toList();
    }
  }

  record Answer(long seq, long lsn, long time) {}

  record Kept(Point point, long epoch, Map<String, Bytes> sections, Answer answer, Save by) {}

  record Entry(String payload, long epoch, long seqBefore, long time) {}

  /** A task. */
  static final class T {
    String state = "PENDING";
    final int checkpointsKept;
    long attempt;
    long epoch;
    long lease;
    long seq = -1;
    long covered;
    long firstLsn = 1;
    @Nullable String result;
    @Nullable String lastWord;
    final TreeMap<Long, Kept> kept = new TreeMap<>();
    final LineModel line = new LineModel();
    final List<Entry> log = new ArrayList<>();
    final TreeMap<String, Bytes> staged = new TreeMap<>();
    final List<String> history = new ArrayList<>(List.of("CREATED"));

    T(int checkpointsKept) {
      this.checkpointsKept = checkpointsKept;
    }

    boolean live() {
      return state.equals("RUNNING");
    }

    long sectionBytes() {
      return bytesKept().stream().mapToLong(bytes -> bytes.data.length()).sum();
    }

    Set<Bytes> bytesKept() {
      Set<Bytes> all = Collections.newSetFromMap(new IdentityHashMap<>());
      all.addAll(staged.values());
      kept.values().forEach(point -> all.addAll(point.sections().values()));
      return all;
    }

    String describe() {
      long logBytes = log.stream().skip(firstLsn - 1).mapToLong(e -> e.payload().length()).sum();
      return String.join(
          " ",
          state,
          "attempt " + attempt,
          "epoch " + epoch,
          "lease " + lease,
          "seq " + (kept.isEmpty() ? -1 : kept.firstKey()) + ".." + seq,
          "lsn " + firstLsn + ".." + log.size(),
          "covered " + covered,
          "bytes " + sectionBytes() + "+" + logBytes,
          "plan " + line.planned(),
          "result " + result,
          "events " + history.size());
    }
  }

  final TreeMap<String, T> tasks = new TreeMap<>();
  final TreeSet<Long> leases = new TreeSet<>();
  long lastEpoch;
  long time;

  void create(String name, int checkpointsKept) {
    T there = tasks.get(name);
    if (there == null) {
      tasks.put(name, new T(checkpointsKept));
    } else if (there.checkpointsKept != checkpointsKept) {
      throw new Refused(ErrorCode.TASK_EXISTS);
    }
  }

  String acquire(String name, long lease, boolean create) {
    if (!leases.contains(lease)) {
      throw new Refused(ErrorCode.LEASE_NOT_FOUND);
    }
    if (create && !tasks.containsKey(name)) {
      tasks.put(name, new T(Limits.CHECKPOINTS_KEPT_DEFAULT));
    }
    T task = require(name);
    if (!task.state.equals("PENDING")) {
      return task.live() ? "HELD" : task.state.equals("SUCCEEDED") ? "COMPLETED" : "ENDED";
    }
    task.staged.clear();
    task.epoch = ++lastEpoch;
    task.attempt++;
    task.lease = lease;
    move(task, "RUNNING", "ACQUIRED");
    return "ACQUIRED";
  }

  void endLease(long lease) {
    leases.remove(lease);
    for (T task : tasks.values()) {
      if (task.live() && task.lease == lease) {
        task.lease = 0;
        move(task, "PENDING", "LOST");
      }
    }
  }

  Answer save(String name, Save save) {
    T task = require(name);
    fence(task, save.epoch());
    return write(task, save);
  }

  void stage(String name, long epoch, long seq, String section, String data) {
    T task = require(name);
    fence(task, epoch);
    Kept there = task.kept.get(seq);
    if (there != null && there.epoch() == epoch) {
      Bytes bytes = there.sections().get(section);
      if (bytes != null && bytes.data.equals(data)) {
        return;
      }
    }
    requireNext(task, seq);
    task.staged.put(section, new Bytes(data));
  }

  void complete(String name, Save save, String result) {
    T task = require(name);
    String word =
        "complete " + result + save.epoch() + save.records() + lsnOf(save) + content(save);
    if (ended(task, save.epoch(), word)) {
      return;
    }
    fence(task, save.epoch());
    if (!save.records().isEmpty() || save.point() != null) {
      write(task, save);
    }
    task.result = result;
    end(task, "SUCCEEDED", "SUCCEEDED", word);
  }

  void fail(String name, long epoch, boolean retryable) {
    T task = require(name);
    String word = "fail " + retryable;
    if (!ended(task, epoch, word)) {
      fence(task, epoch);
      end(task, retryable ? "PENDING" : "FAILED", "FAILED", word);
    }
  }

  void fault(String name, long epoch, RecoveryAction action, int by) {
    T task = require(name);
    fence(task, epoch);
    task.line.fault(action, by, task.kept.isEmpty() ? 0 : task.kept.firstKey(), task.log.size());
    end(task, "PENDING", "FAILED", "fail true");
  }

  void release(String name, long epoch) {
    T task = require(name);
    if (!ended(task, epoch, "release")) {
      fence(task, epoch);
      end(task, "PENDING", "RELEASED", "release");
    }
  }

  void cancel(String name) {
    T task = require(name);
    if (!task.live() && !task.state.equals("PENDING")) {
      throw new Refused(ErrorCode.WRONG_STATE);
    }
    end(task, "CANCELLED", "CANCELLED", null);
  }

  void delete(String name) {
    if (require(name).live()) {
      throw new Refused(ErrorCode.WRONG_STATE);
    }
    tasks.remove(name);
  }

  private Answer write(T task, Save save) {
    Point point = save.point();
    Kept there = point == null ? null : task.kept.get(point.seq());
    boolean again =
        there != null
            && there.epoch() == save.epoch()
            && there.point().covered() == point.covered()
            && there.point().content().equals(point.content());
    int fresh = checkRecords(task, save, again ? there : null);
    Map<String, Bytes> sections = new TreeMap<>();
    if (point != null && !again) {
      requireNext(task, point.seq());
      long least = Math.max(task.covered, task.line.least());
      if (point.covered() < least || point.covered() > task.log.size() + fresh) {
        throw new Refused(ErrorCode.INVALID_ARGUMENT);
      }
      point.sections().forEach(sent -> sections.put(sent.name(), bytes(task, sent)));
    }
    if (fresh == 0 && again) {
      // The records may have come by another command after the checkpoint.
      Answer answer = there.answer();
      long last = save.records().isEmpty() ? 0 : save.firstLsn() + save.records().size() - 1;
      return new Answer(answer.seq(), Math.max(answer.lsn(), last), answer.time());
    }
    if (fresh == 0 && point == null) {
      int last = (int) save.firstLsn() + save.records().size() - 1;
      Entry entry = task.log.get(last - 1);
      return new Answer(entry.seqBefore(), last, entry.time());
    }
    List<String> records = save.records();
    for (String payload : records.subList(records.size() - fresh, records.size())) {
      task.log.add(new Entry(payload, save.epoch(), task.seq, time));
      task.line.appended(task.log.size());
    }
    if (point != null && !again) {
      task.staged.clear();
      task.seq = point.seq();
      task.covered = point.covered();
      task.line.committed(task.seq, task.covered);
      Answer answer = new Answer(task.seq, task.log.size(), time);
      task.kept.put(task.seq, new Kept(point, save.epoch(), sections, answer, save));
      while (task.kept.size() > task.checkpointsKept) {
        task.kept.pollFirstEntry();
      }
    }
    if (!task.kept.isEmpty()) {
      task.firstLsn =
          Math.max(task.firstLsn, task.kept.firstEntry().getValue().point().covered() + 1);
    }
    return new Answer(task.seq, task.log.size(), time);
  }

  /** How many of the records are new. */
  private static int checkRecords(T task, Save save, @Nullable Kept again) {
    if (save.records().isEmpty()) {
      return 0;
    }
    int last = task.log.size();
    if (save.firstLsn() > last + 1) {
      throw new Refused(ErrorCode.LSN_GAP);
    }
    boolean known =
        again != null
            && again.by().firstLsn() == save.firstLsn()
            && again.by().records().equals(save.records());
    if (known) {
      return 0;
    }
    for (int i = 0; i < save.records().size() && save.firstLsn() + i <= last; i++) {
      long lsn = save.firstLsn() + i;
      Entry entry = task.log.get((int) lsn - 1);
      if (lsn < task.firstLsn
          || entry.epoch() != save.epoch()
          || !entry.payload().equals(save.records().get(i))) {
        throw new Refused(ErrorCode.LSN_CONFLICT);
      }
    }
    return (int) Math.max(0, save.firstLsn() + save.records().size() - 1 - last);
  }

  private static Bytes bytes(T task, Sent sent) {
    if (sent.source() == Sent.INLINE) {
      return new Bytes(sent.data());
    }
    Bytes there;
    if (sent.source() == Sent.STAGED) {
      there = task.staged.get(sent.name());
      if (there != null && !there.data.equals(sent.data())) {
        throw new Refused(ErrorCode.DIGEST_MISMATCH);
      }
    } else {
      Kept point = task.kept.get(sent.source());
      there = point == null ? null : point.sections().get(sent.name());
    }
    if (there == null || !there.data.equals(sent.data())) {
      throw new Refused(ErrorCode.CHECKPOINT_NOT_FOUND);
    }
    return there;
  }

  private static void requireNext(T task, long seq) {
    if (seq != task.seq + 1) {
      throw new Refused(seq > task.seq ? ErrorCode.SEQ_GAP : ErrorCode.SEQ_CONFLICT);
    }
  }

  private static void fence(T task, long epoch) {
    if (epoch < 1 || epoch > task.epoch) {
      throw new Refused(ErrorCode.EPOCH_UNKNOWN);
    }
    if (!task.live() || epoch < task.epoch) {
      throw new Refused(ErrorCode.FENCED);
    }
  }

  private static boolean ended(T task, long epoch, String word) {
    return !task.live() && task.epoch == epoch && word.equals(task.lastWord);
  }

  private static void end(T task, String state, String event, @Nullable String word) {
    task.staged.clear();
    task.lease = 0;
    move(task, state, event);
    task.lastWord = word;
  }

  private static void move(T task, String state, String event) {
    task.state = state;
    task.lastWord = null;
    task.history.add(event);
  }

  private static Object lsnOf(Save save) {
    return save.records().isEmpty() ? "" : save.firstLsn();
  }

  private static String content(Save save) {
    Point point = save.point();
    return point == null
        ? ""
        : Objects.toString(Arrays.asList(point.seq(), point.covered(), point.content()));
  }

  private T require(String name) {
    T task = tasks.get(name);
    if (task == null) {
      throw new Refused(ErrorCode.TASK_NOT_FOUND);
    }
    return task;
  }
}
