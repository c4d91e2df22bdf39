package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cairn.client.Cairn;
import io.cairn.client.CairnBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Function;

/** A command that was run in this process: its exit code and what it wrote. */
record Ran(int code, String out, String err) {
  /** Runs a command against {@code cairn}. */
  static Ran with(Cairn cairn, String input, String... arguments) {
    return run(builder -> cairn, input, arguments);
  }

  /** Runs a command against a real cluster. */
  static Ran real(String input, String... arguments) {
    return run(CairnBuilder::build, input, arguments);
  }

  private static Ran run(
      Function<CairnBuilder, Cairn> connector, String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Output output =
        new Output(new PrintStream(out, false, UTF_8), new PrintStream(err, true, UTF_8));
    CairnCli.World world =
        new CairnCli.World(
            output, new ByteArrayInputStream(input.getBytes(UTF_8)), Map.of(), connector);
    int code = CairnCli.run(world, arguments);
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** The one object that was written. */
  JsonNode json() {
    assertThat(out).endsWith("\n");
    assertThat(out.lines()).hasSize(1);
    try {
      return new ObjectMapper().readTree(out);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + out, e);
    }
  }

  /** The same, ended with {@code exit}. */
  Ran endedWith(Exit exit) {
    assertThat(code).as("exit code; out: %s err: %s", out, err).isEqualTo(exit.code());
    return this;
  }

  /** The same, with exactly one line for people on standard error. */
  Ran saidOneLine() {
    assertThat(err.lines()).as(err).hasSize(1);
    assertThat(err)
        .startsWith("cairn: ")
        .doesNotContain("\tat ")
        .doesNotContain("Exception")
        .doesNotContain("io.cairn.");
    return this;
  }
}
