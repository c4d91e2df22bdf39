package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.RunLedger.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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
      Path made = Path.of(arguments[0], "nodes");
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
      ledger.whileOpen(() -> record(ledger, made));
      out.println("made");
      new CountDownLatch(1).await();
    }

    private static void record(RunLedger ledger, Path made) {
      ledger.record(Kind.FOLDER, made.toString());
      MarkedFolder.make(made, ledger.run());
    }
  }

  /** Is ended while it takes its run away, which goes on when it is ending. */
  public static final class Taking {
    private Taking() {}

    public static void main(String[] arguments) throws Exception {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      CountDownLatch ending = new CountDownLatch(1);
      RunLedger ledger = RunLedger.open();
      RunEnd end =
          RunEnd.of(
              ledger,
              () -> {
                out.println("taking");
                try {
                  ending.await();
                } catch (InterruptedException e) {
                  out.println(e);
                }
                out.println("taken");
              });
      end.aroundExit(() -> out.println("before"), () -> out.println("after"));
      Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
      end.now();
      out.println("never said");
    }
  }

  @Test
  void anEndInTheMidstOfSetUpLeavesNothingAndIsInOrder() throws Exception {
    Path made = folder.resolve("made/nodes");
    Process process = started(Making.class, folder.resolve("made").toString());
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("made");
      assertThat(process.toHandle().destroy()).isTrue(); // SIGTERM
      assertThat(said.lines().toList())
          .containsExactly("before true", "after false", "the cluster is closed");
      assertThat(process.waitFor()).isEqualTo(143);
      assertThat(made).doesNotExist();
      assertThat(folder.resolve("runs")).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void anEndWhileARunIsTakenAwayWaitsUntilItIs() throws Exception {
    Process process = started(Taking.class);
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("taking");
      assertThat(process.toHandle().destroy()).isTrue(); // SIGTERM
      assertThat(said.lines().filter(line -> !line.equals("never said")).toList())
          .containsExactlyInAnyOrder("before", "taken", "after")
          .endsWith("after");
      assertThat(process.waitFor()).isEqualTo(143);
      assertThat(folder.resolve("runs")).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatCouldNotBeTakenAwayIsTriedAgain() {
    List<String> tries = new ArrayList<>();
    RunLedger ledger = RunLedger.open();
    RunEnd end =
        RunEnd.of(
            ledger,
            () -> {
              tries.add("try");
              if (tries.size() == 1) {
                throw new ClusterFailure("killed with its group", null);
              }
            });
    assertThatThrownBy(end::now).hasMessageContaining("killed with its group");
    assertThat(folder.resolve("runs")).isNotEmptyDirectory();
    end.now();
    end.now();
    assertThat(tries).hasSize(2);
    assertThat(folder.resolve("runs")).isEmptyDirectory();
  }

  private Process started(Class<?> main, String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-D" + RUNS + "=" + folder.resolve("runs"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words).redirectErrorStream(true).start();
  }

  @Test
  void nothingIsMadeOnceARunIsTakenAway() {
    try (RunLedger ledger = RunLedger.open()) {
      List<String> made = new CopyOnWriteArrayList<>();
      ledger.whileOpen(() -> made.add("first"));
      ledger.shut();
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
