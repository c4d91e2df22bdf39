package io.cairn.server.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Shows frames one over the other in a terminal, on a screen of its own that is given back at the
 * end; one behind the other anywhere else. For one thread, but for {@link #giveBack}.
 */
final class Screen implements AutoCloseable {
  private static final String ESC = "\u001b[";
  private static final String OPEN = ESC + "?1049h" + ESC + "?25l" + ESC + "2J";
  private static final String HOME = ESC + "H";
  private static final String TO_END_OF_LINE = ESC + "K";
  private static final String TO_END_OF_SCREEN = ESC + "J";
  private static final String CLOSE = ESC + "?25h" + ESC + "?1049l";

  private final Output output;
  private final boolean isTerminal;
  private boolean isOpen;
  private boolean isClosed;
  private boolean isBehindOthers;

  /** A screen on {@code output}. */
  Screen(Output output, boolean isTerminal) {
    this.output = output;
    this.isTerminal = isTerminal;
  }

  /**
   * Shows a frame; false if nobody looks any more.
   *
   * @param rows how many lines there is room for in a terminal
   */
  synchronized boolean show(List<String> lines, int rows) {
    if (isClosed) {
      return false;
    }
    if (!isTerminal) {
      if (isBehindOthers) {
        output.line("");
      }
      lines.forEach(output::line);
    } else {
      if (!isOpen) {
        output.text(OPEN);
        isOpen = true;
      }
      output.text(HOME);
      output.text(String.join("\r\n", fitted(lines, rows)));
      output.text(TO_END_OF_SCREEN);
    }
    isBehindOthers = true;
    return output.flush();
  }

  private static List<String> fitted(List<String> lines, int rows) {
    List<String> fitted = new ArrayList<>();
    int most = Math.max(1, rows);
    for (int i = 0; i < Math.min(lines.size(), most); i++) {
      boolean isCut = i == most - 1 && lines.size() > most;
      fitted.add((isCut ? "..." : lines.get(i)) + TO_END_OF_LINE);
    }
    return fitted;
  }

  @Override
  public void close() {
    giveBack();
  }

  /** Gives the screen back; nothing is shown any more. Any thread. */
  synchronized void giveBack() {
    if (isOpen && !isClosed) {
      output.text(CLOSE);
      output.flush();
    }
    isClosed = true;
  }
}
