package io.cairn.server.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What workers have said so far. Thread-safe: each worker's output has a thread of its own. */
final class DemoEvents {
  /** A partition that went on from where another attempt had come. */
  record Resume(int partition, int worker, long fromRow, long checkpointSeq, long attempt) {}

  /** A write with an old epoch and what the server answered. */
  record StaleWrite(int partition, int worker, String kind, long epoch, String answer) {}

  // All guarded by this.
  private final List<Resume> resumes = new ArrayList<>();
  private final List<StaleWrite> staleWrites = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final Map<Integer, Integer> owners = new HashMap<>();
  private final Map<Integer, Long> reached = new HashMap<>();
  private final Set<Integer> completed = new HashSet<>();
  private long rowsBegun;
  private int workersKilled;
  private int leadersKilled;

  /** Takes a line of a worker's output; lines of another form are kept as trouble. */
  synchronized void line(String line) {
    String[] words = line.split(" ", -1);
    try {
      int worker = Integer.parseInt(words[1]);
      int partition = Integer.parseInt(words[2]);
      switch (words[0]) {
        case "resumed" -> resumed(partition, worker, number(words[3]), number(words[4]), words);
        case "block" -> block(partition, number(words[3]), number(words[4]));
        case "completed" -> {
          completed.add(partition);
          owners.remove(partition);
        }
        case "stale-write" ->
            staleWrites.add(
                new StaleWrite(partition, worker, words[3], number(words[4]), words[5]));
        default -> troubles.add(line);
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      troubles.add(line);
    }
  }

  private void resumed(
      int partition, int worker, long fromRow, long checkpointSeq, String[] words) {
    owners.put(partition, worker);
    long attempt = number(words[6]);
    if (attempt > 1) {
      resumes.add(new Resume(partition, worker, fromRow, checkpointSeq, attempt));
    }
  }

  private void block(int partition, long from, long to) {
    rowsBegun += to - from;
    reached.merge(partition, to, Math::max);
  }

  /** A worker was killed. */
  synchronized void workerKilled() {
    workersKilled++;
  }

  /** A leader was killed. */
  synchronized void leaderKilled() {
    leadersKilled++;
  }

  synchronized int workersKilledCount() {
    return workersKilled;
  }

  synchronized int leadersKilledCount() {
    return leadersKilled;
  }

  /** Rows begun, those begun again counted again. */
  synchronized long rowsBegun() {
    return rowsBegun;
  }

  /** Rows that some attempt has reached, of partitions with these first rows. */
  synchronized long rowsReached(java.util.function.IntToLongFunction firstRow) {
    return reached.entrySet().stream()
        .mapToLong(entry -> entry.getValue() - firstRow.applyAsLong(entry.getKey()))
        .sum();
  }

  /** How many partitions this worker is at work on. */
  synchronized int owned(int worker) {
    return (int) owners.values().stream().filter(owner -> owner == worker).count();
  }

  synchronized int completedCount() {
    return completed.size();
  }

  synchronized List<Resume> resumes() {
    return List.copyOf(resumes);
  }

  synchronized List<StaleWrite> staleWrites() {
    return List.copyOf(staleWrites);
  }

  synchronized List<String> troubles() {
    return List.copyOf(troubles);
  }

  /** Stale writes that the server refused for their epoch. */
  long fenced() {
    return staleWrites().stream().filter(write -> write.answer().equals("FENCED")).count();
  }

  /** True if a checkpoint and an append were fenced, and no stale write had any other answer. */
  boolean isFencingShown() {
    List<StaleWrite> all = staleWrites();
    return all.stream().allMatch(write -> write.answer().equals("FENCED"))
        && all.stream().anyMatch(write -> write.kind().equals("checkpoint"))
        && all.stream().anyMatch(write -> write.kind().equals("append"));
  }

  private static long number(String word) {
    return Long.parseLong(word);
  }
}
