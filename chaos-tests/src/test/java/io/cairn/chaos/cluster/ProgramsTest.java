package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  @TempDir Path folder;

  @Test
  void aProgramIsWhatCanBeRunInOneOfTheFolders() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path program = Files.createFile(other.resolve("gcc"));
    List<String> folders = List.of(folder.toString(), other.toString());
    assertThat(Programs.find("gcc", folders)).as("it cannot be run").isEmpty();
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(Programs.find("gcc", folders)).contains(program);
    assertThat(Programs.find("other", folders)).as("a folder").isEmpty();
    assertThat(Programs.find("ld", folders)).isEmpty();
  }

  @Test
  void whatIsFoundIsCalledWithThePathOfTheSystem() {
    ProcessBuilder process = Programs.process(List.of("sh", "-c", "true"));
    assertThat(process.command().get(0)).startsWith("/").endsWith("/sh");
    assertThat(process.environment().get("PATH")).contains("/usr/sbin").contains("/bin");
    assertThat(Programs.process(List.of("no-such-program")).command())
        .containsExactly("no-such-program");
    assertThat(Programs.process(List.of("./sh")).command()).containsExactly("./sh");
  }

  @Test
  void aLibraryIsNotMadeWhereItCannotBeLoadedFrom() {
    for (String name : List.of("a b", "a:b")) {
      assertThatThrownBy(() -> NativeCode.library(folder.resolve(name), "clock.c"))
          .isInstanceOf(ClusterFailure.class)
          .hasMessageContaining("neither blanks nor colons");
    }
  }
}
