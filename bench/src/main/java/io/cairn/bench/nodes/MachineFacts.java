package io.cairn.bench.nodes;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a person has to know of a machine to read figures of it. */
public final class MachineFacts {
  private MachineFacts() {}

  /** The facts by name; {@code folder} is where servers keep what they store. */
  public static Map<String, String> of(Path folder) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", field("/proc/cpuinfo", "model name"));
    facts.put("memory", gib(field("/proc/meminfo", "MemTotal")));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "java",
        System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vm.name"));
    facts.put("disk", disk(folder));
    return facts;
  }

  private static String field(String file, String name) {
    try {
      return Files.readString(Path.of(file))
          .lines()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String gib(String kib) {
    String digits = kib.replaceAll("[^0-9]", "");
    return digits.isEmpty() ? kib : Math.round(Double.parseDouble(digits) / (1 << 20)) + " GiB";
  }

  private static String disk(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      return store.name() + ", " + store.type();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
