package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.testkit.CairnCluster;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The client as users get it: one jar that puts nothing foreign onto their class path, and that
 * works with nothing beside it but slf4j-api. Looks at the built jar, so it runs after {@code
 * package}.
 */
class ClientJarIT {
  private static final Path TARGET = SourceTree.root().resolve("cairn-client/target");
  private static final Path JAR = TARGET.resolve("cairn-client.jar");
  private static final Path POM = TARGET.resolve("dependency-reduced-pom.xml");

  private static final String OURS = "io/cairn/";
  private static final String SERVICES = "META-INF/services/";
  private static final Pattern RELEASE = Pattern.compile("META-INF/versions/\\d+/");
  private static final long BYTES_MAX = 13_000_000;
  private static final long RUN_SECONDS_MAX = 120;

  @TempDir private Path folder;

  @Test
  void everyClassIsBelowIoCairn() throws IOException {
    List<String> classes = entries().stream().filter(name -> name.endsWith(".class")).toList();
    assertThat(classes).hasSizeGreaterThan(1_000);
    assertThat(classes).allMatch(name -> RELEASE.matcher(name).replaceFirst("").startsWith(OURS));
  }

  @Test
  void everyOtherFileIsBelowIoCairnOrMetaInf() throws IOException {
    assertThat(entries())
        .filteredOn(name -> !name.startsWith(OURS) && !name.startsWith("META-INF/"))
        .isEmpty();
  }

  @Test
  void jarIsSmallerThan13Megabytes() throws IOException {
    assertThat(Files.size(JAR)).isBetween(1_000_000L, BYTES_MAX);
  }

  @Test
  void licensesOfWhatIsInsideAreKept() throws IOException {
    assertThat(entries()).contains("META-INF/LICENSE", "META-INF/NOTICE");
  }

  @Test
  void servicesNameClassesInsideThatClientsNeed() throws IOException {
    Set<String> entries = Set.copyOf(entries());
    List<String> wrong = new ArrayList<>();
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      for (String name : entries) {
        if (!name.startsWith(SERVICES) || name.endsWith("/")) {
          continue;
        }
        String service = name.substring(SERVICES.length());
        if (!service.startsWith("io.cairn.") || service.contains("ServerProvider")) {
          wrong.add(name);
        }
        for (String provider : providers(jar, name)) {
          if (!entries.contains(provider.replace('.', '/') + ".class")) {
            wrong.add(name + " names " + provider + ", which is not in the jar");
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(entries).anyMatch(name -> name.startsWith(SERVICES));
  }

  @Test
  void publishedPomAsksForSlf4jOnly() throws Exception {
    Document pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(POM.toFile());
    Set<String> dependencies = new TreeSet<>();
    NodeList artifacts = pom.getElementsByTagName("dependency");
    for (int i = 0; i < artifacts.getLength(); i++) {
      Element dependency = (Element) artifacts.item(i);
      if (!text(dependency, "scope").equals("test")) {
        dependencies.add(text(dependency, "groupId") + ":" + text(dependency, "artifactId"));
      }
    }
    assertThat(dependencies).containsExactly("org.slf4j:slf4j-api");
  }

  @Test
  void programRunsWithThisJarAndSlf4jAlone() throws Exception {
    String classPath =
        Stream.of(copiedMain(), JAR, slf4jApi())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    try (CairnCluster cluster = CairnCluster.start(1)) {
      Process program =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  // Without it slf4j-api itself says that it found nobody to log to.
                  "-Dslf4j.internal.verbosity=ERROR",
                  "-Xmx128m",
                  "-cp",
                  classPath,
                  ClientJarMain.class.getName(),
                  cluster.endpoints())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        boolean ended = program.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(Files.readString(err)).isEmpty();
        assertThat(ended).as("ended within %d s", RUN_SECONDS_MAX).isTrue();
        assertThat(program.exitValue()).isZero();
        assertThat(Files.readString(out).strip()).isEqualTo("OK");
      } finally {
        program.destroyForcibly();
      }
    }
  }

  /** The program's classes alone: what else this module's tests see must not help it. */
  private Path copiedMain() throws Exception {
    Path classes =
        Path.of(ClientJarMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String packagePath = ClientJarMain.class.getPackageName().replace('.', '/');
    Path target = Files.createDirectories(folder.resolve("classes").resolve(packagePath));
    try (Stream<Path> files = Files.list(classes.resolve(packagePath))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches("ClientJarMain(\\$.*)?\\.class")) {
          Files.copy(file, target.resolve(name));
        }
      }
    }
    return folder.resolve("classes");
  }

  private static Path slf4jApi() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .filter(entry -> entry.getFileName().toString().startsWith("slf4j-api-"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> entries() throws IOException {
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      return jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }
  }

  private static List<String> providers(ZipFile jar, String name) throws IOException {
    byte[] bytes = jar.getInputStream(jar.getEntry(name)).readAllBytes();
    return new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static String text(Element element, String child) {
    NodeList found = element.getElementsByTagName(child);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }
}
