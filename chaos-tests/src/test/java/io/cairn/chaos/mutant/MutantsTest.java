package io.cairn.chaos.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The patches fit the sources, and the sources know nothing of them. */
class MutantsTest {
  private static final Path HOME = Path.of("..");
  private static final List<String> PRODUCT =
      List.of("store-protocol", "store-core", "store-client", "store-server");

  static List<Mutant> all() {
    return Mutants.ALL;
  }

  @ParameterizedTest
  @MethodSource("all")
  void patchFitsTheSources(Mutant mutant) throws IOException {
    var patched = MutantBuild.patched(HOME, mutant);
    assertThat(patched).isNotEmpty();
    for (var source : patched.entrySet()) {
      assertThat(source.getValue())
          .as("%s of %s", source.getKey(), mutant.name())
          .isNotEqualTo(Files.readString(HOME.resolve(source.getKey())));
    }
  }

  /** A kind that no checker has would never be found. */
  @ParameterizedTest
  @MethodSource("all")
  void whatShowsItIsSomethingThatCheckersSay(Mutant mutant) throws IOException {
    Proof proof = mutant.proof();
    assertThat(!proof.kinds().isEmpty() || proof.digests()).isTrue();
    Path sources = HOME.resolve("chaos-tests/src/main/java/io/cairn/chaos");
    StringBuilder checkers = new StringBuilder();
    checkers.append(Files.readString(sources.resolve("run/ExitCheck.java")));
    try (Stream<Path> files = Files.list(sources.resolve("check"))) {
      for (Path file : files.toList()) {
        checkers.append(Files.readString(file));
      }
    }
    for (String kind : proof.kinds()) {
      assertThat(checkers.toString()).as(mutant.name()).contains('"' + kind + '"');
    }
  }

  @Test
  void eachPatchIsListed() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("chaos-tests/src/mutants"))) {
      Set<String> names =
          files
              .map(file -> file.getFileName().toString().replace(".patch", ""))
              .collect(Collectors.toSet());
      assertThat(names)
          .isEqualTo(Mutants.ALL.stream().map(Mutant::name).collect(Collectors.toSet()));
    }
  }

  /** A release is made of these modules: no switch of a mutant is in them. */
  @Test
  void noReleasedSourceKnowsMutants() throws IOException {
    for (String module : PRODUCT) {
      try (Stream<Path> files = Files.walk(HOME.resolve(module).resolve("src/main"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(file))
              .as(file.toString())
              .doesNotContainIgnoringCase("mutant")
              .doesNotContain("io.cairn.chaos");
        }
      }
    }
  }
}
