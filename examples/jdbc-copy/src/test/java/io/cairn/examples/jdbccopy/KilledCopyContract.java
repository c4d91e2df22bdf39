package io.cairn.examples.jdbccopy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskState;
import io.cairn.testkit.CairnCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy whose process is killed twice copies each row once: one subclass for each database. */
abstract class KilledCopyContract {
  private static final int ROWS = 1_000;
  private static final int BATCH_ROWS = 100;
  private static final long SECONDS_MAX = 120;
  private static final String SAME_ROWS =
      """
      SELECT COUNT(*), COUNT(DISTINCT sink.id), COUNT(source.id) FROM sink
      LEFT JOIN source ON source.id = sink.id AND source.name = sink.name
        AND source.amount = sink.amount""";

  @TempDir private Path folder;

  /** A database that is empty, and which other processes reach. */
  abstract String url();

  @Test
  void eachRowIsCopiedOnceThoughTheProcessIsKilledTwice() throws Exception {
    fillSource();
    try (CairnCluster cluster = CairnCluster.start(1)) {
      // Batches of the first run: two are committed, the third is not.
      assertThat(runHalting(cluster, "ROWS_WRITTEN", "3")).containsExactly("from 0, checkpoint 0");
      assertThat(sinkRows()).isEqualTo(2 * BATCH_ROWS);

      // The second run commits three, and its state tells of two of them.
      assertThat(runHalting(cluster, "ROWS_COMMITTED", "3"))
          .singleElement()
          .asString()
          .startsWith("from 200, checkpoint ");
      assertThat(sinkRows()).isEqualTo(5 * BATCH_ROWS);

      JdbcCopy copy = new JdbcCopy(CopySettings.parse(arguments(cluster)), (moment, batch) -> {});
      JdbcCopy.Copied last = copy.run();
      assertThat(last.from()).isEqualTo(500);
      // A batch's checkpoint follows its commit, so that of the last batch was never written.
      assertThat(last.checkpoint()).isLessThan(500);
      assertThat(last.to()).isEqualTo(ROWS);

      Task task = cluster.connect().tasks().get(TaskName.of("copy")).orElseThrow();
      assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
      assertThat(task.attempt()).isEqualTo(3);
    }
    assertSinkIsSource();
  }

  private List<String> runHalting(CairnCluster cluster, String moment, String batch)
      throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(HaltingCopy.class.getName());
    command.addAll(List.of(moment, batch));
    command.addAll(List.of(arguments(cluster)));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(HaltingCopy.HALTED);
      return Files.readAllLines(out);
    } finally {
      process.destroyForcibly();
    }
  }

  private String[] arguments(CairnCluster cluster) {
    return new String[] {
      "--endpoints", cluster.endpoints(),
      "--task", "copy",
      "--url", url(),
      "--batch-rows", String.valueOf(BATCH_ROWS),
      "--lease-ms", "1500"
    };
  }

  /** The sink has no key: a row copied twice is there twice. */
  private void fillSource() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE source (id BIGINT PRIMARY KEY, name VARCHAR(40), amount NUMERIC(12, 2))");
      statement.execute("CREATE TABLE sink (id BIGINT, name VARCHAR(40), amount NUMERIC(12, 2))");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO source (id, name, amount) VALUES (?, ?, ?)")) {
        for (int row = 1; row <= ROWS; row++) {
          insert.setLong(1, row);
          insert.setString(2, "row " + row);
          insert.setDouble(3, row * 0.25);
          insert.addBatch();
        }
        insert.executeBatch();
      }
    }
  }

  private long sinkRows() throws SQLException {
    return counts("SELECT COUNT(*) FROM sink").get(0);
  }

  private void assertSinkIsSource() throws SQLException {
    assertThat(counts(SAME_ROWS)).containsOnly((long) ROWS);
  }

  private List<Long> counts(String select) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(select)) {
      row.next();
      List<Long> counts = new ArrayList<>();
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        counts.add(row.getLong(i));
      }
      return counts;
    }
  }
}
