package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * What a run makes on the machine, written down before it is made, so that somebody else can take
 * it away when the run was killed. Its first line says which process owns the run. Any thread.
 */
final class RunLedger implements AutoCloseable {
  static final String SUFFIX = ".run";

  private static final String DRAFT = ".draft";
  private static final int RUN_LETTERS = 4;
  private static final int LETTERS = 36;

  /** What can be made. */
  enum Kind {
    OWNER,
    FOLDER,
    NAMESPACE,
    DEVICE,
    IMAGE,
    MOUNT,
    CONTROL_GROUP
  }

  /** One thing that was, or was about to be, made. */
  record Line(Kind kind, String what) {
    static Line parse(String text) {
      int blank = text.indexOf(' ');
      if (blank < 0) {
        throw new IllegalArgumentException("'" + text + "' is no line of a ledger");
      }
      return new Line(
          Kind.valueOf(text.substring(0, blank).toUpperCase(Locale.ROOT)),
          text.substring(blank + 1));
    }

    String text() {
      return kind.name().toLowerCase(Locale.ROOT) + " " + what + "\n";
    }
  }

  private final Path file;
  private final FileChannel channel;
  private final String run;
  private final List<Line> lines = new ArrayList<>();
  private boolean shut;

  private RunLedger(Path file, FileChannel channel, String run, Line owner) {
    this.file = file;
    this.channel = channel;
    this.run = run;
    lines.add(owner);
  }

  /** Where ledgers are, on this machine, for this user. */
  static Path home() {
    return Path.of(
        System.getProperty(
            "cairn.chaos.runs",
            System.getProperty("java.io.tmpdir")
                + "/cairn-chaos-"
                + System.getProperty("user.name")));
  }

  /** A new run, whose id no other ledger has. */
  static RunLedger open() {
    try {
      Owned.folder(home());
      String run = freeName();
      Path draft = home().resolve(run + DRAFT);
      Line owner = new Line(Kind.OWNER, ProcessStamp.current().text());
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, owner.text());
      Path file = home().resolve(run + SUFFIX);
      // A ledger is never seen without its owner.
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND);
      return new RunLedger(file, channel, run, owner);
    } catch (IOException e) {
      throw new ClusterFailure("cannot write a ledger into " + home(), e);
    }
  }

  private static String freeName() {
    while (true) {
      StringBuilder name = new StringBuilder();
      for (int i = 0; i < RUN_LETTERS; i++) {
        name.append(Character.forDigit(ThreadLocalRandom.current().nextInt(LETTERS), LETTERS));
      }
      if (!Files.exists(home().resolve(name + SUFFIX))
          && !Files.exists(home().resolve(name + DRAFT))) {
        return name.toString();
      }
    }
  }

  /** The run's id, a few letters that are part of all of its names. */
  String run() {
    return run;
  }

  /**
   * Makes something. Whoever takes the run away waits until it is made, and from then on nothing is
   * made any more; so it must end in limited time.
   *
   * @throws ClusterFailure if the run is being taken away
   */
  synchronized void whileOpen(Runnable act) {
    checkOpen();
    act.run();
  }

  /** The same, and returns what was made. */
  synchronized <T> T made(Supplier<T> act) {
    checkOpen();
    return act.get();
  }

  private void checkOpen() {
    if (shut) {
      throw new ClusterFailure("the cluster is closed", null);
    }
  }

  /** From now on nothing is made any more. */
  synchronized void shut() {
    shut = true;
  }

  /**
   * Notes what is about to be made.
   *
   * @throws ClusterFailure if it cannot be written whole; then nothing of it is
   */
  synchronized void record(Kind kind, String what) {
    checkOpen();
    Line line = new Line(kind, what);
    try {
      long size = channel.size();
      try {
        write(channel, line);
      } catch (IOException e) {
        channel.truncate(size); // half a line would be taken for another one
        throw e;
      }
    } catch (IOException e) {
      throw new ClusterFailure("cannot write " + file, e);
    }
    lines.add(line);
  }

  /** Writes the whole line, so that it is there after a loss of power, too. */
  static void write(FileChannel to, Line line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(line.text().getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      if (to.write(bytes) == 0) {
        throw new IOException("no byte could be written");
      }
    }
    to.force(false);
  }

  /** All that was noted, in order. What others may have written into the file does not count. */
  synchronized List<Line> lines() {
    return List.copyOf(lines);
  }

  /**
   * The lines of a ledger that nobody but this user can have written. One without its end is left
   * out: what it names was not made yet, and its name may be that of something else.
   *
   * @throws ClusterFailure if it is none
   */
  static List<Line> read(Path ledger) {
    Owned.check(ledger);
    try {
      String text = Files.readString(ledger, StandardCharsets.UTF_8);
      List<Line> lines =
          text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Line::parse).toList();
      if (lines.stream().noneMatch(line -> line.kind() == Kind.OWNER)) {
        throw new ClusterFailure(ledger + " names no owner", null);
      }
      return lines;
    } catch (IOException | IllegalArgumentException e) {
      throw new ClusterFailure("cannot read " + ledger + ": " + e, e);
    }
  }

  /** Everything is gone; so is the ledger. */
  @Override
  public synchronized void close() {
    try {
      Files.deleteIfExists(file);
      channel.close();
    } catch (IOException e) {
      throw new ClusterFailure("cannot remove " + file, e);
    }
  }
}
