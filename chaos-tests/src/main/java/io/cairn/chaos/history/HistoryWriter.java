package io.cairn.chaos.history;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a history, one line at a time, as it happens. Each line is {@code {:index 0, :time
 * 109634589, :type :invoke, :process 1, :f :read, :value [0 nil]}}, further fields behind. Lines
 * are checked before they are written. Not for several threads.
 */
public final class HistoryWriter implements AutoCloseable {
  private final Writer to;
  private final HistoryRules rules = new HistoryRules();

  /** Writes to a new file in UTF-8. */
  public HistoryWriter(Path file) throws IOException {
    this(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
  }

  /** Writes to {@code to}, and closes it at the end. */
  public HistoryWriter(Writer to) {
    this.to = to instanceof BufferedWriter ? to : new BufferedWriter(to);
  }

  /** The line of an operation, without its end of line. */
  public static String line(Op op) {
    StringBuilder line = new StringBuilder(128);
    line.append("{:index ").append(op.index());
    line.append(", :time ").append(op.timeNanos());
    line.append(", :type :").append(op.type().text());
    line.append(", :process ");
    if (op.isClient()) {
      line.append(op.process());
    } else {
      line.append(":nemesis");
    }
    line.append(", ");
    EdnText.entry(line, "f", new Keyword(op.f()));
    line.append(", ");
    EdnText.entry(line, "value", op.value());
    for (Map.Entry<String, Object> extra : op.extras().entrySet()) {
      line.append(", ");
      EdnText.entry(line, extra.getKey(), extra.getValue());
    }
    return line.append('}').toString();
  }

  /** Writes the next line. */
  public void write(Op op) throws IOException {
    rules.check(op, op.index() + 1);
    to.write(line(op));
    to.write('\n');
  }

  /** Hands what was written so far to the file. */
  public void flush() throws IOException {
    to.flush();
  }

  @Override
  public void close() throws IOException {
    to.close();
  }
}
