package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The example of a job's description. */
final class JobExample {
  private static final String NAME = "job-example.yaml";

  private JobExample() {}

  /** Its text. */
  static String text() throws IOException {
    try (@Nullable InputStream example = JobExample.class.getResourceAsStream(NAME)) {
      if (example == null) {
        throw new IOException(NAME + " is missing in the program's jar");
      }
      return new String(example.readAllBytes(), UTF_8);
    }
  }
}
