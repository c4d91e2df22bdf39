package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.RunLedger.Kind;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunEndTest {
  private static final String RUNS = "cairn.chaos.runs";

  @TempDir Path folder = Path.of("");

  @BeforeEach
  void keepLedgersApart() {
    System.setProperty(RUNS, folder.resolve("runs").toString());
  }

  @AfterEach
  void forgetLedgers() {
    System.clearProperty(RUNS);
  }

  /** Is ended while it makes a cluster. Argument: the folder that it makes. */
  public static final class Making {
    private Making() {}

    public static void main(String[] arguments) throws Exception {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      Path made = Path.of(arguments[0]);
      RunLedger ledger = RunLedger.open();
      RunEnd end = RunEnd.of(ledger);
      end.aroundExit(
          () -> out.println("before " + Files.exists(made)),
          () -> {
            out.println("after " + Files.exists(made));
            try {
              ledger.whileOpen(() -> out.println("made once more"));
            } catch (ClusterFailure e) {
              out.println(e.getMessage());
            }
          });
      ledger.whileOpen(() -> ledger.record(Kind.FOLDER, Folders.make(made).toString()));
      out.println("made");
      new CountDownLatch(1).await();
    }
  }

  @Test
  void anEndInTheMidstOfSetUpLeavesNothingAndIsInOrder() throws Exception {
    Path made = folder.resolve("made");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + RUNS + "=" + folder.resolve("runs"),
                "-cp",
                System.getProperty("java.class.path"),
                Making.class.getName(),
                made.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("made");
      assertThat(process.toHandle().destroy()).isTrue(); // SIGTERM
      assertThat(said.lines().toList())
          .containsExactly("before true", "after false", "the cluster is closed");
      assertThat(process.waitFor()).isEqualTo(143);
      assertThat(made).doesNotExist();
      try (Stream<Path> ledgers = Files.list(folder.resolve("runs"))) {
        assertThat(ledgers).isEmpty();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void nothingIsMadeOnceARunIsTakenAway() {
    try (RunLedger ledger = RunLedger.open()) {
      List<String> made = new CopyOnWriteArrayList<>();
      ledger.whileOpen(() -> made.add("first"));
      assertThat(ledger.shut()).isTrue();
      assertThat(ledger.shut()).isFalse();
      assertThatThrownBy(() -> ledger.whileOpen(() -> made.add("second")))
          .isInstanceOf(ClusterFailure.class)
          .hasMessageContaining("the cluster is closed");
      assertThatThrownBy(() -> ledger.record(Kind.MOUNT, "/nowhere"))
          .isInstanceOf(ClusterFailure.class);
      assertThat(made).containsExactly("first");
    }
  }

  @Test
  void whoeverTakesARunAwayWaitsForWhatIsBeingMade() throws Exception {
    try (RunLedger ledger = RunLedger.open()) {
      List<String> events = new CopyOnWriteArrayList<>();
      CountDownLatch making = new CountDownLatch(1);
      CountDownLatch mayEnd = new CountDownLatch(1);
      Thread maker =
          new Thread(
              () ->
                  ledger.whileOpen(
                      () -> {
                        making.countDown();
                        try {
                          mayEnd.await();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                        events.add("made");
                      }));
      maker.start();
      making.await();
      Thread taker =
          new Thread(
              () -> {
                mayEnd.countDown();
                ledger.shut();
                events.add("shut");
              });
      taker.start();
      maker.join();
      taker.join();
      assertThat(events).containsExactly("made", "shut");
    }
  }
}
