package io.cairn.chaos.mutant;

import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.Patch;
import com.github.difflib.patch.PatchFailedException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Builds the classes of a mutant: its patch applied to the sources, and compiled. */
public final class MutantBuild {
  private static final String PATCHES = "chaos-tests/src/mutants";

  private MutantBuild() {}

  /**
   * Builds the classes into {@code classes}, which is made.
   *
   * @param home folder of Cairn's sources, with a built server
   * @param classPath of the server
   * @return the folder, to be put in front of the class path
   * @throws MutantFailure if the patch does not fit the sources any more, or does not compile
   */
  public static Path build(Path home, Mutant mutant, String classPath, Path classes) {
    try {
      Files.createDirectories(classes);
      List<String> files = new ArrayList<>();
      for (Map.Entry<Path, String> source : patched(home, mutant).entrySet()) {
        Path file = classes.resolve("sources").resolve(source.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, source.getValue());
        files.add(file.toString());
      }
      compile(mutant, classPath, classes, files);
      return classes;
    } catch (IOException e) {
      throw new MutantFailure(
          "mutant %s cannot be built: %s".formatted(mutant.name(), e.getMessage()), e);
    }
  }

  /** The changed sources, by their path below {@code home}. */
  static Map<Path, String> patched(Path home, Mutant mutant) throws IOException {
    Map<Path, String> changed = new LinkedHashMap<>();
    for (List<String> diff : diffs(home, mutant)) {
      Path source = Path.of(diff.get(1).substring("+++ b/".length()).strip());
      Patch<String> patch = UnifiedDiffUtils.parseUnifiedDiff(diff);
      try {
        List<String> lines = patch.applyTo(Files.readAllLines(home.resolve(source)));
        changed.put(source, String.join("\n", lines) + "\n");
      } catch (PatchFailedException e) {
        throw new MutantFailure(
            "%s.patch does not fit %s any more: bring it in step with the source"
                .formatted(mutant.name(), source),
            e);
      }
    }
    return changed;
  }

  /** The patch's lines, of each file by itself. */
  private static List<List<String>> diffs(Path home, Mutant mutant) throws IOException {
    List<List<String>> diffs = new ArrayList<>();
    for (String line :
        Files.readAllLines(home.resolve(PATCHES).resolve(mutant.name() + ".patch"))) {
      if (line.startsWith("--- a/")) {
        diffs.add(new ArrayList<>());
      }
      diffs.get(diffs.size() - 1).add(line);
    }
    return diffs;
  }

  /** The compiler, unlike the launcher, does not know {@code folder/*}. */
  private static String jars(String classPath) {
    List<String> jars = new ArrayList<>();
    for (String part : classPath.split(":", -1)) {
      if (!part.endsWith("/*")) {
        jars.add(part);
        continue;
      }
      Path folder = Path.of(part).getParent();
      try (Stream<Path> files = Files.list(folder)) {
        files.map(Path::toString).filter(name -> name.endsWith(".jar")).forEach(jars::add);
      } catch (IOException e) {
        throw new MutantFailure("cannot read " + folder + ": " + e.getMessage(), e);
      }
    }
    return String.join(":", jars);
  }

  private static void compile(Mutant mutant, String classPath, Path classes, List<String> files) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new MutantFailure("mutants need a JDK, not a JRE", null);
    }
    StringWriter said = new StringWriter();
    List<String> options =
        List.of(
            "-nowarn",
            "-proc:none",
            "--release",
            "17",
            "-cp",
            jars(classPath),
            "-d",
            classes.toString());
    boolean done;
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      done =
          compiler
              .getTask(
                  said,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjects(files.toArray(new String[0])))
              .call();
    } catch (IOException e) {
      throw new MutantFailure("the compiler cannot close its files: " + e.getMessage(), e);
    }
    if (!done) {
      throw new MutantFailure(
          "mutant %s does not compile:%n%s".formatted(mutant.name(), said), null);
    }
  }
}
