package io.cairn.server.raft.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A folder in memory that forgets what was not synced.
 *
 * <p>After a number of operations everything fails, the last write having written a part. What is
 * there after the process ended is everything that was written; after the power failed it is what
 * was synced, and of the rest some: writes in any order, byte by byte, names in their order.
 *
 * <p>A sync that fails may be the last one that is tried: what was written is seen by every reader
 * from then on, and no later sync brings it to the disk.
 */
final class SimulatedFolder implements LogFolder {
  private final SplittableRandom random;
  private Map<String, Content> names = new HashMap<>();
  private final List<Map<String, Content>> namesSinceSync = new ArrayList<>();
  private AtomicLong operationsLeft = new AtomicLong(Long.MAX_VALUE);
  private long bytesMax = Long.MAX_VALUE;
  private boolean shortWrites;
  private String failingSync = "";
  private @Nullable Unreadable unreadable;
  private @Nullable Error error;
  private Runnable onWrite = () -> {};
  private AtomicInteger reused = new AtomicInteger();
  private final Map<String, Long> bytesRead = new HashMap<>();
  private @Nullable SimulatedFolder indexes;

  private record Unreadable(String name, long start, long end) {}

  /** A write that no sync has followed. */
  private static final class Write {
    private final int offset;
    private final byte[] bytes;

    Write(int offset, byte[] bytes) {
      this.offset = offset;
      this.bytes = bytes;
    }
  }

  private static final class Content {
    private byte[] now = new byte[0];
    private byte[] synced = new byte[0];
    private final List<Write> unsynced = new ArrayList<>();
  }

  /** What happens when the operations are used up. */
  static final class Stopped extends IOException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("injected");
    }
  }

  SimulatedFolder(SplittableRandom random) {
    this.random = random;
    namesSinceSync.add(Map.of());
  }

  /** The folder beside it, which stops with it and has an order of names of its own. */
  SimulatedFolder indexes() {
    if (indexes == null) {
      indexes = new SimulatedFolder(random);
      indexes.operationsLeft = operationsLeft;
    }
    return indexes;
  }

  /** Puts what became of the folder beside this one beside that. */
  private SimulatedFolder with(SimulatedFolder next, UnaryOperator<SimulatedFolder> change) {
    next.reused = reused;
    if (indexes != null) {
      next.indexes = change.apply(indexes);
      next.indexes.operationsLeft = next.operationsLeft;
    }
    return next;
  }

  /** Bytes of this file that were read. */
  long bytesRead(String name) {
    return bytesRead.getOrDefault(name, 0L);
  }

  /** Everything fails after so many operations. */
  void stopAfter(long operations) {
    operationsLeft.set(operations);
  }

  /** The next sync of this file fails, and everything after it. */
  void failSyncOf(String name) {
    failingSync = name;
  }

  /** The next operation throws this. */
  void failWith(Error thrown) {
    error = thrown;
  }

  /** No file grows when all together have so many bytes. */
  void limit(long bytes) {
    bytesMax = bytes;
  }

  /** Reads of this part of a file fail. */
  void makeUnreadable(String name, long start, long end) {
    unreadable = new Unreadable(name, start, end);
  }

  /** Runs this before each write. */
  void onWrite(Runnable action) {
    onWrite = action;
  }

  /** Writes do a part of what they are given, as they may. */
  void writeShort() {
    shortWrites = true;
  }

  /** How often a segment was given another number, here and in the folders that this one was. */
  int reused() {
    return reused.get();
  }

  /** What another process finds after this one has ended. */
  SimulatedFolder afterProcessEnd() {
    SimulatedFolder next = new SimulatedFolder(random);
    next.names = names;
    next.namesSinceSync.clear();
    next.namesSinceSync.addAll(namesSinceSync);
    return with(next, SimulatedFolder::afterProcessEnd);
  }

  /** What is there after the power has failed. */
  SimulatedFolder afterPowerLoss() {
    SimulatedFolder next = new SimulatedFolder(random);
    Map<String, Content> survived = namesSinceSync.get(random.nextInt(namesSinceSync.size()));
    survived.forEach((name, content) -> next.names.put(name, survivedOf(content)));
    next.namesSinceSync.set(0, Map.copyOf(next.names));
    return with(next, SimulatedFolder::afterPowerLoss);
  }

  private Content survivedOf(Content content) {
    Content next = new Content();
    next.now = content.synced.clone();
    boolean all = random.nextInt(4) == 0;
    boolean none = !all && random.nextInt(3) == 0;
    int length = next.now.length;
    int longest = length;
    for (Write write : content.unsynced) {
      longest = Math.max(longest, write.offset + write.bytes.length);
    }
    next.now = Arrays.copyOf(next.now, longest);
    for (Write write : content.unsynced) {
      for (int i = 0; i < write.bytes.length; i++) {
        if (all || (!none && random.nextBoolean())) {
          next.now[write.offset + i] = write.bytes[i];
          length = Math.max(length, write.offset + i + 1);
        }
      }
    }
    next.now = Arrays.copyOf(next.now, length);
    next.synced = next.now.clone();
    return next;
  }

  /** Copy of everything as it is, all of it synced. */
  SimulatedFolder copy() {
    SimulatedFolder next = new SimulatedFolder(random);
    names.forEach(
        (name, content) -> {
          Content copy = new Content();
          copy.now = content.now.clone();
          copy.synced = content.now.clone();
          next.names.put(name, copy);
        });
    next.namesSinceSync.set(0, Map.copyOf(next.names));
    return with(next, SimulatedFolder::copy);
  }

  byte[] bytesOf(String name) {
    return content(name).now;
  }

  void put(String name, byte[] bytes) {
    Content content = names.computeIfAbsent(name, made -> new Content());
    content.now = bytes;
    content.synced = bytes.clone();
  }

  void remove(String name) {
    names.remove(name);
  }

  private Content content(String name) {
    Content content = names.get(name);
    if (content == null) {
      throw new IllegalArgumentException(name);
    }
    return content;
  }

  private static byte[] put(byte[] into, int offset, byte[] from, int start, int length) {
    byte[] grown = into.length < offset + length ? Arrays.copyOf(into, offset + length) : into;
    System.arraycopy(from, start, grown, offset, length);
    return grown;
  }

  private void step() throws Stopped {
    Error thrown = error;
    if (thrown != null) {
      error = null;
      throw thrown;
    }
    if (operationsLeft.getAndDecrement() <= 0) {
      operationsLeft.set(0);
      throw new Stopped();
    }
  }

  private void renamed(Map<String, Content> next) {
    names = next;
    namesSinceSync.add(Map.copyOf(next));
  }

  @Override
  public void make() {
    // it is there
  }

  @Override
  public List<String> names() {
    return List.copyOf(names.keySet());
  }

  @Override
  public LogFile create(String name) throws IOException {
    step();
    Map<String, Content> next = new HashMap<>(names);
    next.put(name, new Content());
    renamed(next);
    return open(name);
  }

  @Override
  public LogFile open(String name) throws IOException {
    Content content = names.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return new File(name, content);
  }

  @Override
  public void delete(String name) throws IOException {
    step();
    Map<String, Content> next = new HashMap<>(names);
    next.remove(name);
    renamed(next);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    step();
    Map<String, Content> next = new HashMap<>(names);
    Content content = next.remove(from);
    if (content == null) {
      throw new FileNotFoundException(from);
    }
    next.put(to, content);
    renamed(next);
    if (Segment.idOf(from) > 0) {
      reused.incrementAndGet();
    }
  }

  @Override
  public void sync() throws IOException {
    step();
    namesSinceSync.clear();
    namesSinceSync.add(Map.copyOf(names));
  }

  @Override
  public String pathOf(String name) {
    return "log/" + name;
  }

  private final class File implements LogFile {
    private final String name;
    private final Content content;

    File(String name, Content content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      onWrite.run();
      int length = bytes.remaining();
      long others = names.values().stream().mapToLong(file -> file.now.length).sum();
      long grown = Math.max(0, position + length - content.now.length);
      if (grown > bytesMax - others) {
        throw new IOException("no space left on device");
      }
      boolean last = operationsLeft.get() <= 1;
      if ((last || shortWrites) && length > 1) {
        length = 1 + random.nextInt(length);
      }
      byte[] part = new byte[length];
      bytes.get(part);
      content.now = put(content.now, (int) position, part, 0, length);
      content.unsynced.add(new Write((int) position, part));
      step();
      return length;
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      Unreadable bad = unreadable;
      if (bad != null
          && bad.name.equals(name)
          && position < bad.end
          && position + bytes.remaining() > bad.start) {
        throw new IOException("input/output error");
      }
      int length = (int) Math.min(bytes.remaining(), content.now.length - position);
      if (length <= 0) {
        return -1;
      }
      bytes.put(content.now, (int) position, length);
      bytesRead.merge(name, (long) length, Long::sum);
      return length;
    }

    @Override
    public void force() throws IOException {
      if (failingSync.equals(name)) {
        stopAfter(0);
      }
      try {
        step();
      } catch (Stopped e) {
        if (failingSync.equals(name) || random.nextBoolean()) {
          content.unsynced.clear();
        }
        throw e;
      }
      for (Write write : content.unsynced) {
        content.synced = put(content.synced, write.offset, write.bytes, 0, write.bytes.length);
      }
      content.unsynced.clear();
    }

    @Override
    public long size() {
      return content.now.length;
    }

    @Override
    public void close() {
      // nothing is kept
    }
  }
}
