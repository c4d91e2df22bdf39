package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The page about the command line, and the completion script, know every command. */
class CliDocsTest {
  private static String page() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/cli.md"))) {
      root = root.getParent();
      assertThat(root).as("root of the sources").isNotNull();
    }
    return Files.readString(root.resolve("docs/cli.md"));
  }

  /** Names in headings: {@code ### job ls, show} has job ls and job show, and ls and show. */
  private static Set<String> inHeadings(String page) {
    Set<String> names = new HashSet<>();
    page.lines()
        .filter(line -> line.matches("##+ .*"))
        .forEach(
            line -> {
              String group = "";
              for (String name : line.replaceFirst("##+ ", "").split(", ", -1)) {
                names.add(name);
                names.add((group + " " + name).strip());
                group = name.contains(" ") ? name.substring(0, name.indexOf(' ')) : group;
              }
            });
    return names;
  }

  private static List<CommandLine> leaves() {
    return CommandTreeTest.all().stream().filter(line -> line.getSubcommands().isEmpty()).toList();
  }

  private static String name(CommandLine line) {
    return line.getCommandSpec().qualifiedName().replaceFirst("cairn ", "");
  }

  @Test
  void everyCommandHasAHeadingInThePage() throws IOException {
    Set<String> headings = inHeadings(page());
    assertThat(leaves())
        .extracting(CliDocsTest::name)
        .filteredOn(name -> !name.equals("completion"))
        .allSatisfy(name -> assertThat(headings).contains(name));
  }

  @Test
  void exampleOfAJobIsTheSameInThePage() throws IOException {
    assertThat(page()).contains("```yaml\n" + JobExample.text() + "```\n");
  }

  @Test
  void completionKnowsEveryCommandAndOption() {
    String script = Ran.with(new StoreInMemory(1).client(), "", "completion").out();
    for (CommandLine line : leaves()) {
      String name = line.getCommandSpec().name();
      assertThat(script).as(name).containsPattern("\\b" + name + "\\b");
      for (OptionSpec option : line.getCommandSpec().options()) {
        assertThat(script).as(name).contains(option.longestName());
      }
    }
  }
}
