package io.cairn.bench.nodes;

import io.cairn.bench.report.Figures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a figure must be read with: processors, and how busy they were. */
public final class Machine {
  private Machine() {}

  /** The load over the last minute: processes that run or want to. */
  public static double load() {
    try {
      String text = Files.readString(Path.of("/proc/loadavg"));
      return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    } catch (IOException e) {
      throw new UncheckedIOException("this machine does not say its load", e);
    }
  }

  /** The figures of a measurement that began under {@code loadBefore}. */
  public static Figures figures(double loadBefore) {
    return new Figures()
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("load_before", loadBefore)
        .put("load_after", load());
  }
}
