package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.mutant.Mutant;
import io.cairn.chaos.mutant.Mutants;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each planted bug is found: {@code mvn verify -Pmutants -pl store-server,chaos-tests -am}. */
@Tag("mutants")
class MutantsIT {
  private static final String MINUTES = "10";

  static List<Mutant> all() {
    return Mutants.ALL;
  }

  @ParameterizedTest
  @MethodSource("all")
  void isFound(Mutant mutant, @TempDir Path folder) {
    StringWriter told = new StringWriter();
    PrintWriter out = new PrintWriter(told);
    int code =
        ChaosCli.run(
            out,
            out,
            "mutants",
            "--name",
            mutant.name(),
            "--minutes",
            MINUTES,
            "--out",
            folder.resolve("runs").toString());
    assertThat(code).as(told.toString()).isZero();
  }
}
