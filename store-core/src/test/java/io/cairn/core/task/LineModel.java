package io.cairn.core.task;

import io.cairn.protocol.v1.RecoveryAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which checkpoints and records of a task count, said with plain lists: what is rolled back is
 * taken off the lists, so that nothing has to be left out later.
 */
final class LineModel {
  /** A plan: where it begins, -1 for nothing, and the lsn that the next checkpoint must cover. */
  record Plan(RecoveryAction action, long base, long least) {}

  private final List<Long> points = new ArrayList<>();
  private final Map<Long, List<Long>> inside = new TreeMap<>();
  private final Map<Long, Long> covered = new TreeMap<>();
  private List<Long> records = new ArrayList<>();
  private @Nullable Plan plan;

  void appended(long lsn) {
    records.add(lsn);
  }

  void committed(long seq, long coveredLsn) {
    points.add(seq);
    inside.put(seq, records.stream().filter(lsn -> lsn <= coveredLsn).toList());
    covered.put(seq, coveredLsn);
    plan = null;
  }

  /** What the next checkpoint covers at least. */
  long least() {
    return plan == null ? 0 : plan.least();
  }

  String planned() {
    return plan == null ? "none" : plan.action() + " " + plan.base() + " " + plan.least();
  }

  /** A fault after which a step of the policy is taken. */
  void fault(RecoveryAction action, int by, long oldestKept, long lastLsn) {
    switch (action) {
      case ROLLBACK -> {
        for (int i = 0; i < by && points.size() > 1; i++) {
          if (points.get(points.size() - 2) < oldestKept) {
            break;
          }
          points.remove(points.size() - 1);
        }
        long base = points.isEmpty() ? -1 : points.get(points.size() - 1);
        records = new ArrayList<>(inside.getOrDefault(base, List.of()));
        boolean all = covered.getOrDefault(base, 0L) == lastLsn;
        plan = new Plan(action, base, all ? 0 : lastLsn);
      }
      case RESTART -> {
        points.clear();
        records = new ArrayList<>();
        plan = new Plan(action, -1, lastLsn);
      }
      case REPLAY_LOG -> {
        if (plan == null || plan.action() == RecoveryAction.REPLAY_LOG) {
          plan = new Plan(action, oldestWithAllBehind(oldestKept, lastLsn), 0);
        }
      }
      default -> {}
    }
  }

  /** The checkpoint that a recovery begins from; -1: none. */
  long base() {
    if (plan != null) {
      return plan.base();
    }
    return points.isEmpty() ? -1 : points.get(points.size() - 1);
  }

  /** The records that a recovery gives. */
  List<Long> recovered() {
    return behind(base());
  }

  private List<Long> behind(long base) {
    return records.subList(inside.getOrDefault(base, List.of()).size(), records.size());
  }

  private long oldestWithAllBehind(long oldestKept, long lastLsn) {
    for (long seq : points) {
      if (seq >= oldestKept && behind(seq).size() == lastLsn - covered.getOrDefault(seq, 0L)) {
        return seq;
      }
    }
    return -1;
  }
}
