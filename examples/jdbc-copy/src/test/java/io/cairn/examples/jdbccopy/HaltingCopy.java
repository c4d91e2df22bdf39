package io.cairn.examples.jdbccopy;

import java.sql.SQLException;
import java.util.Arrays;

/** A copy whose process halts in the midst of it, as {@code kill -9} would. */
final class HaltingCopy {
  static final int HALTED = 137;

  private HaltingCopy() {}

  /** Arguments: the moment, the batch, and those of {@link JdbcCopy}. */
  public static void main(String[] arguments) throws SQLException {
    CopyMoment last = CopyMoment.valueOf(arguments[0]);
    int lastBatch = Integer.parseInt(arguments[1]);
    CopySettings settings = CopySettings.parse(Arrays.copyOfRange(arguments, 2, arguments.length));
    new JdbcCopy(
            settings,
            (moment, batch) -> {
              if (moment == last && batch == lastBatch) {
                Runtime.getRuntime().halt(HALTED);
              }
            })
        .run();
  }
}
