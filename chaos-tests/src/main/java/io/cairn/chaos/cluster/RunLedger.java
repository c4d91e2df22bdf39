package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
  private boolean shut;

  private RunLedger(Path file, FileChannel channel, String run) {
    this.file = file;
    this.channel = channel;
    this.run = run;
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
      Files.createDirectories(home());
      String run = freeName();
      Path draft = home().resolve(run + ".draft");
      String owner = ProcessStamp.current().text();
      Files.writeString(draft, new Line(Kind.OWNER, owner).text());
      Path file = home().resolve(run + SUFFIX);
      // A ledger is never seen without its owner.
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      return new RunLedger(file, FileChannel.open(file, StandardOpenOption.APPEND), run);
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
      if (!Files.exists(home().resolve(name + SUFFIX))) {
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

  /** From now on nothing is made any more. False if that was so before. */
  synchronized boolean shut() {
    boolean first = !shut;
    shut = true;
    return first;
  }

  /** Notes what is about to be made. */
  synchronized void record(Kind kind, String what) {
    checkOpen();
    try {
      channel.write(ByteBuffer.wrap(new Line(kind, what).text().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new ClusterFailure("cannot write " + file, e);
    }
  }

  /** All that was noted, in order. */
  synchronized List<Line> lines() {
    return read(file);
  }

  static List<Line> read(Path ledger) {
    try {
      List<Line> lines = new ArrayList<>();
      for (String text : Files.readAllLines(ledger)) {
        if (text.indexOf(' ') > 0) {
          lines.add(Line.parse(text));
        }
      }
      return lines;
    } catch (IOException e) {
      throw new ClusterFailure("cannot read " + ledger, e);
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
