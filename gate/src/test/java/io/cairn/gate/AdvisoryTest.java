package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The resolved class path of all modules, held against {@code security/advisories.json}. */
class AdvisoryTest {
  private static final Pattern SEPARATOR = Pattern.compile("[.-]");

  private record Advisory(String group, String artifact, String fixedIn, String id) {
    /** The path of any version of the package in a Maven repository. */
    String repositoryPath() {
      return "/" + group.replace('.', '/') + "/" + artifact + "/";
    }
  }

  @Test
  void noDependencyIsOlderThanTheFixOfAnAdvisory() throws IOException {
    List<String> found = new ArrayList<>();
    for (Advisory advisory : advisories()) {
      for (Path jar : jars()) {
        Path versionFolder = jar.getParent();
        if (jar.toString().replace('\\', '/').contains(advisory.repositoryPath())
            && isBefore(versionFolder.getFileName().toString(), advisory.fixedIn())) {
          found.add(
              "%s needs %s: %s".formatted(jar.getFileName(), advisory.fixedIn(), advisory.id()));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void advisedPackagesAreSeenOnTheClassPath() throws IOException {
    List<String> jars = jars().stream().map(jar -> jar.toString().replace('\\', '/')).toList();
    assertThat(advisories())
        .hasSizeGreaterThan(11)
        .allSatisfy(
            advisory ->
                assertThat(jars)
                    .as("%s, or the advisory is of no use", advisory)
                    .anyMatch(jar -> jar.contains(advisory.repositoryPath())));
  }

  @Test
  void versionsAreComparedNumberByNumber() {
    assertThat(isBefore("3.5.4", "3.5.5")).isTrue();
    assertThat(isBefore("4.1.99.Final", "4.1.100.Final")).isTrue();
    assertThat(isBefore("2.22", "2.22.1")).isTrue();
    assertThat(isBefore("33.5.0-jre", "32.0.1")).isFalse();
    assertThat(isBefore("2.0", "2.0")).isFalse();
  }

  private static List<Advisory> advisories() throws IOException {
    Path file = SourceTree.root().resolve("security/advisories.json");
    List<Advisory> advisories = new ArrayList<>();
    for (JsonNode row : new ObjectMapper().readTree(file.toFile()).required("advisories")) {
      List<String> name = List.of(row.required("package").textValue().split(":", -1));
      assertThat(name).as("package of %s", row).hasSize(2);
      advisories.add(
          new Advisory(
              name.get(0),
              name.get(1),
              row.required("fixedIn").textValue(),
              row.required("id").textValue()));
    }
    return advisories;
  }

  private static List<Path> jars() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .toList();
  }

  private static boolean isBefore(String version, String fixedIn) {
    List<Integer> have = numbers(version);
    List<Integer> need = numbers(fixedIn);
    for (int i = 0; i < Math.max(have.size(), need.size()); i++) {
      int order =
          Integer.compare(i < have.size() ? have.get(i) : 0, i < need.size() ? need.get(i) : 0);
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  private static List<Integer> numbers(String version) {
    return SEPARATOR
        .splitAsStream(version)
        .takeWhile(part -> part.matches("\\d{1,9}"))
        .map(Integer::valueOf)
        .toList();
  }
}
