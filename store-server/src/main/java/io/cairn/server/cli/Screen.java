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

  /** How many lines and characters of a line a terminal has room for. */
  record Size(int rows, int columns) {}

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
   * @param size of the terminal; what does not fit is cut, as a line that is broken would push
   *     others out
   */
  synchronized boolean show(List<String> lines, Size size) {
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
      output.text(String.join("\r\n", fitted(lines, size)));
      output.text(TO_END_OF_SCREEN);
    }
    isBehindOthers = true;
    return output.flush();
  }

  private static List<String> fitted(List<String> lines, Size size) {
    List<String> fitted = new ArrayList<>();
    int most = Math.max(1, size.rows());
    for (int i = 0; i < Math.min(lines.size(), most); i++) {
      boolean isCut = i == most - 1 && lines.size() > most;
      fitted.add(cut(isCut ? "..." : lines.get(i), size.columns()));
    }
    return fitted;
  }

  private static String cut(String line, int columns) {
    int length = line.codePointCount(0, line.length());
    if (length < columns) {
      return line + TO_END_OF_LINE;
    }
    // Behind the last column some terminals clear the last character.
    return length == columns ? line : line.substring(0, line.offsetByCodePoints(0, columns));
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
