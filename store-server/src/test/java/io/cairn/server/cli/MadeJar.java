package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A jar that a test makes out of sources, as a user's build would. */
final class MadeJar {
  private static final String SERVICES = "META-INF/services/io.cairn.client.job.JobHandler";

  private MadeJar() {}

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String type, String text) {
      super(URI.create("string:///" + type.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /**
   * Compiles and packs.
   *
   * @param sources by the name of their class
   * @param services handlers that the jar declares
   */
  static Path of(Path folder, Map<String, String> sources, List<String> services)
      throws IOException {
    Path classes = Files.createTempDirectory(folder, "classes");
    StringWriter errors = new StringWriter();
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((type, text) -> units.add(new Source(type, text)));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-proc:none",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    if (!compiler.getTask(errors, null, null, options, null, units).call()) {
      throw new AssertionError(errors.toString());
    }
    Path jar = Files.createTempFile(folder, "handlers", ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
      if (!services.isEmpty()) {
        out.putNextEntry(new JarEntry(SERVICES));
        out.write(String.join("\n", services).getBytes(UTF_8));
      }
    }
    return jar;
  }
}
