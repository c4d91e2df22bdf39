package io.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.server.group.StoreGroup;
import io.cairn.server.raft.RaftGroupFactory;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServerMainTest {
  /** A server for which no thread can be made, neither at its start nor at its end. */
  public static final class Starved {
    private Starved() {}

    public static void main(String[] flags) {
      ServerMain main =
          new ServerMain(
              (config, log, metrics) ->
                  new StarvedGroup(new RaftGroupFactory().open(config, log, metrics)),
              new PrintWriter(System.err, true, StandardCharsets.UTF_8));
      int code;
      try {
        code = main.run(List.of(flags), Map.of());
      } catch (OutOfMemoryError e) {
        code = 3;
      }
      System.exit(code);
    }
  }

  private record StarvedGroup(HostedGroup whole) implements HostedGroup {
    @Override
    public StoreGroup group() {
      return whole.group();
    }

    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }

    @Override
    public void close() {
      whole.close();
      throw new OutOfMemoryError("unable to create native thread");
    }

    @Override
    public void crash() {
      whole.crash();
    }
  }

  @Test
  void aStartForWhichMemoryIsNotEnoughDoesNotEndAsIfItWasAskedTo(@TempDir Path folder)
      throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Starved.class.getName()));
    words.add("--data-dir=" + folder.resolve("data"));
    words.add("--initial-cluster-state=new");
    for (String port : List.of("client-port", "raft-port", "http-port")) {
      words.add("--" + port + "=" + FreePorts.one());
    }
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(3);
    } finally {
      process.destroyForcibly();
    }
  }
}
