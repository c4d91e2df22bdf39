package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.server.Setting;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the pages say of each other and of the code. */
class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?) *#*");
  private static final Pattern JAVA_BLOCK =
      Pattern.compile("^```java\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern EVENT_ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\|", Pattern.MULTILINE);
  private static final Pattern SERVER_FLAG =
      Pattern.compile("cairn server((?:[^\\n]*\\\\\\n)*[^\\n]*)");
  private static final Pattern FLAG = Pattern.compile("--([a-z-]+)");

  private final Path root = SourceTree.root();
  private final List<Path> pages = SourceTree.files("md");

  @Test
  void pagesAreSeen() {
    assertThat(pages).contains(root.resolve("README.md"), root.resolve("docs/architecture.md"));
  }

  @Test
  void everyLinkInsideTheProjectLeadsSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages) {
      Matcher links = LINK.matcher(withoutCode(Files.readString(page)));
      while (links.find()) {
        String link = links.group(1);
        if (!link.matches("[a-z]+:.*") && !leadsSomewhere(page, link)) {
          dead.add(root.relativize(page) + ": " + link);
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void everyBlockOfCodeEnds() throws IOException {
    for (Path page : pages) {
      long fences = Files.readString(page).lines().filter(line -> line.startsWith("```")).count();
      assertThat(fences % 2).as("%s has %d fences", page, fences).isZero();
    }
  }

  @Test
  void exampleOfTheReadmeIsTheOneThatIsCompiled() throws IOException {
    Matcher block = JAVA_BLOCK.matcher(Files.readString(root.resolve("README.md")));
    assertThat(block.find()).isTrue();
    Path source = root.resolve("gate/src/test/java/io/cairn/gate/ReadmeExample.java");
    List<String> lines = Files.readAllLines(source);
    String compiled =
        lines
            .subList(indexOf(lines, "// README begins") + 1, indexOf(lines, "// README ends"))
            .stream()
            .map(line -> line.replaceFirst("^ {4}", "") + "\n")
            .collect(Collectors.joining());
    assertThat(block.group(1)).endsWith(compiled);
  }

  @Test
  void eventsThatOperatorsReadOfAreThoseOfTheServer() throws IOException {
    String page = Files.readString(root.resolve("docs/operations.md"));
    Set<String> tags =
        Arrays.stream(LogEvent.values()).map(LogEvent::tag).collect(Collectors.toSet());
    List<String> explained =
        EVENT_ROW.matcher(page).results().map(match -> match.group(1)).toList();
    assertThat(explained).hasSizeGreaterThan(10).isSubsetOf(tags);
  }

  @Test
  void flagsOfServersInThePagesAreSettings() throws IOException {
    Set<String> settings =
        Arrays.stream(Setting.values())
            .map(Setting::key)
            .collect(Collectors.toCollection(HashSet::new));
    settings.addAll(Set.of("config", "help"));
    for (Path page : pages) {
      Matcher commands = SERVER_FLAG.matcher(Files.readString(page));
      while (commands.find()) {
        List<String> flags =
            FLAG.matcher(commands.group(1)).results().map(match -> match.group(1)).toList();
        assertThat(settings).as("%s: %s", page, commands.group()).containsAll(flags);
      }
    }
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0 || anchors(target).contains(link.substring(hash + 1));
  }

  /** Anchors as the usual renderers make them of headings. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    for (String line : withoutCode(Files.readString(page)).split("\n", -1)) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        anchors.add(
            heading
                .group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 _-]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }

  private static String withoutCode(String page) {
    return page.replaceAll("(?ms)^```.*?^```$", "").replaceAll("`[^`\\n]*`", "");
  }

  private static int indexOf(List<String> lines, String wanted) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(wanted)) {
        return i;
      }
    }
    throw new IllegalStateException("no line " + wanted);
  }
}
