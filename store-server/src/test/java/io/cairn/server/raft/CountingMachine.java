package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A state machine that keeps the entries it was given, in order; each entry is one long. */
final class CountingMachine extends StateMachineAdapter {
  private static final String FILE = "numbers";

  private final List<Long> numbers = new ArrayList<>(); // guarded by itself
  private final AtomicInteger snapshotsLoaded = new AtomicInteger();
  private volatile long leaderTerm = -1;

  List<Long> numbers() {
    synchronized (numbers) {
      return List.copyOf(numbers);
    }
  }

  int snapshotsLoaded() {
    return snapshotsLoaded.get();
  }

  /** Term in which this server leads, or -1. */
  long leaderTerm() {
    return leaderTerm;
  }

  @Override
  public void onApply(Iterator entries) {
    while (entries.hasNext()) {
      synchronized (numbers) {
        numbers.add(entries.getData().duplicate().getLong());
      }
      Closure done = entries.done();
      if (done != null) {
        done.run(Status.OK());
      }
      entries.next();
    }
  }

  @Override
  public void onSnapshotSave(SnapshotWriter writer, Closure done) {
    StringBuilder text = new StringBuilder();
    numbers().forEach(number -> text.append(number).append('\n'));
    try {
      Files.writeString(Path.of(writer.getPath(), FILE), text);
      writer.addFile(FILE);
      done.run(Status.OK());
    } catch (IOException e) {
      done.run(new Status(RaftError.EIO, "%s", e.getMessage()));
    }
  }

  @Override
  public boolean onSnapshotLoad(SnapshotReader reader) {
    try {
      List<Long> loaded =
          Files.readAllLines(Path.of(reader.getPath(), FILE)).stream().map(Long::valueOf).toList();
      synchronized (numbers) {
        numbers.clear();
        numbers.addAll(loaded);
      }
      snapshotsLoaded.incrementAndGet();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void onLeaderStart(long term) {
    leaderTerm = term;
  }

  @Override
  public void onLeaderStop(Status status) {
    leaderTerm = -1;
  }
}
