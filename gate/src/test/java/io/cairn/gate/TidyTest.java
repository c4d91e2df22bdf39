package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The habits of the house, checked over every Java file of the source tree. */
class TidyTest {
  private static final int FILE_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 70;
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern DISABLED = Pattern.compile("@(Disabled|Ignore)\\w*");
  private static final Pattern CONSOLE = Pattern.compile("\\bSystem\\s*\\.\\s*(out|err)\\b");
  private static final Pattern SLEEP =
      Pattern.compile("\\bThread\\s*\\.\\s*sleep\\b|\\bTimeUnit\\.\\w+\\.sleep\\b");

  private final Path root = SourceTree.root();
  private final List<Path> files = SourceTree.javaFiles();

  @Test
  void theSourceTreeIsSeen() {
    assertThat(files).hasSizeGreaterThan(5);
  }

  @Test
  void filesAreShort() {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      long lines = read(file).lines().count();
      if (lines > FILE_LINES_MAX) {
        found.add("%s: %d lines of at most %d".formatted(name(file), lines, FILE_LINES_MAX));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void methodsAreShort() {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      for (JavaText.Body body : new JavaText(read(file)).bodies()) {
        if (body.lineCount() > METHOD_LINES_MAX) {
          found.add(
              "%s:%d: %d lines of at most %d"
                  .formatted(name(file), body.firstLine(), body.lineCount(), METHOD_LINES_MAX));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void noFileHasTabs() {
    assertThat(files).filteredOn(file -> read(file).contains("\t")).isEmpty();
  }

  @Test
  void nothingIsLeftUnfinished() {
    assertThat(linesOfText(UNFINISHED, file -> true)).isEmpty();
  }

  @Test
  void noTestIsDisabled() {
    assertThat(linesOfCode(DISABLED, file -> true)).isEmpty();
  }

  @Test
  void onlyTheCommandLineWritesToTheConsole() {
    assertThat(linesOfCode(CONSOLE, TidyTest::mustNotUseTheConsole)).isEmpty();
  }

  @Test
  void testsWaitForConditionsAndNeverSleep() {
    assertThat(linesOfCode(SLEEP, file -> file.contains("src/test/"))).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    List<String> found =
        files.stream()
            .filter(file -> name(file).contains("src/main/java/"))
            .map(file -> file.resolveSibling("package-info.java"))
            .distinct()
            .filter(file -> !Files.exists(file) || !read(file).contains("@NullMarked"))
            .map(this::name)
            .toList();
    assertThat(found).as("missing, or not @NullMarked").isEmpty();
  }

  /** Tests may print: a random test has to say its seed. */
  private static boolean mustNotUseTheConsole(String file) {
    return file.contains("src/main/")
        && !file.contains("io/cairn/server/cli/")
        && !file.startsWith("examples/")
        && !file.startsWith("bench/")
        && !file.startsWith("chaos-tests/");
  }

  private List<String> linesOfText(Pattern pattern, Predicate<String> where) {
    return matches(pattern, where, false);
  }

  private List<String> linesOfCode(Pattern pattern, Predicate<String> where) {
    return matches(pattern, where, true);
  }

  private List<String> matches(Pattern pattern, Predicate<String> where, boolean codeOnly) {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      if (where.test(name(file))) {
        String text = codeOnly ? new JavaText(read(file)).code() : read(file);
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
          if (pattern.matcher(lines.get(i)).find()) {
            found.add("%s:%d: %s".formatted(name(file), i + 1, lines.get(i).strip()));
          }
        }
      }
    }
    return found;
  }

  private String name(Path file) {
    return root.relativize(file).toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
