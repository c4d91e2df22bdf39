package io.cairn.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersOptionsTest {
  @TempDir private Path folder;

  private final StringWriter remarks = new StringWriter();

  @Test
  void unknownWorkAndPeerAreWrongUsage() {
    refuses("there is no work 'gest': there are puts, gets,", "--work", "puts,gest");
    refuses("there is no peer 'consul': there are etcd, zookeeper, postgres", "--peers", "consul");
    refuses("--peers is none, and others", "--peers", "none,etcd");
  }

  @Test
  void numbersOutOfRangeAreWrongUsage() {
    refuses("--outstanding is 0, must be 1 to 1024", "--outstanding", "16,0");
    refuses("--values is 1048577, must be 0 to 1048576", "--values", "1048577");
    refuses("--rates is 0, must be 1 to 1000000", "--rates", "0");
    refuses("--minutes is -1, must be 0 to 1440", "--minutes", "-1");
    refuses("--rounds is 0, must be 1 to 100", "--rounds", "0");
    refuses("--warmup is -1, must be 0 to 3600", "--warmup", "-1");
    refuses("give one of them", "--rates", "100", "--outstanding", "1");
  }

  @Test
  void tooLittleTimeIsWrongUsageAndSaysHowMuchIsNeeded() {
    refuses("--minutes is 1.0, must be at least", "--minutes", "1");
  }

  @Test
  void placesThatCannotBeWrittenAreWrongUsageBeforeAnythingStarts() throws IOException {
    Path file = Files.writeString(folder.resolve("mine"), "mine");
    refuses("which is no folder", "--out", file.toString());
    refuses("no file can be written there", "--json", folder.resolve("none/r.json").toString());
    refuses("is in use: it is not empty", "--dir", folder.toString());
    refuses("is in use: it is not a folder", "--dir", file.toString());
    assertThat(file).hasContent("mine");
  }

  private void refuses(String message, String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "peers";
    System.arraycopy(options, 0, arguments, 1, options.length);
    PrintWriter writer = new PrintWriter(remarks, true);
    int code = BenchCli.run(folder.resolve("none"), writer, writer, arguments);
    assertThat(remarks.toString()).contains(message);
    assertThat(code).isEqualTo(2);
  }
}
