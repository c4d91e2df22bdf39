package io.cairn.chaos.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/** Small programs in C, which come as resources and are compiled where they are used. */
final class NativeCode {
  /** LD_PRELOAD is a list, of whatever blanks and colons separate. */
  private static final Pattern LOADABLE = Pattern.compile("[^\\s:]+");

  private NativeCode() {}

  static Path library(Path folder, String source) {
    Path library = folder.resolve(source.replace(".c", ".so")).toAbsolutePath();
    if (!LOADABLE.matcher(library.toString()).matches()) {
      throw new ClusterFailure(
          "a library cannot be laid before the C library from "
              + folder
              + ": give --out a folder"
              + " whose path has neither blanks nor colons",
          null);
    }
    return compile(folder, source, library, "-shared", "-fPIC");
  }

  static Path program(Path folder, String source) {
    Path program = folder.resolve(source.replace(".c", "")).toAbsolutePath();
    return compile(folder, source, program, "-pie", "-fPIE");
  }

  private static Path compile(Path folder, String source, Path to, String kind, String code) {
    if (Files.exists(to)) {
      return to;
    }
    Path from = Folders.make(folder).resolve(source);
    try (InputStream text = NativeCode.class.getResourceAsStream(source)) {
      if (text == null) {
        throw new ClusterFailure("the resource " + source + " is missing", null);
      }
      Files.copy(text, from, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ClusterFailure("cannot write " + from, e);
    }
    Command.run(
        "gcc",
        "-std=gnu11",
        "-O2",
        "-Wall",
        "-Wextra",
        kind,
        code,
        "-pthread",
        "-o",
        to.toString(),
        from.toString(),
        "-ldl");
    return to;
  }
}
