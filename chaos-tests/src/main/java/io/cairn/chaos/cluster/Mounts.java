package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is mounted on this machine, and which files loop devices stand for. */
final class Mounts {
  private static final long GONE_MILLIS_MAX = 5_000;
  private static final Path TABLE = Path.of("/proc/self/mounts");
  private static final Path BLOCKS = Path.of("/sys/block");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  /** As the kernel has it behind the name of a file that is no more. */
  private static final String DELETED = " (deleted)";

  private Mounts() {}

  static boolean isMounted(String folder) {
    return table(TABLE).containsKey(real(folder));
  }

  /** True if something is mounted on the folder, or within it. */
  static boolean hasMount(String folder) {
    Path real = real(folder);
    return table(TABLE).keySet().stream().anyMatch(mount -> mount.startsWith(real));
  }

  /** True if what is mounted there lies in one of these images, and the image was removed. */
  static boolean isOfRemovedImage(String folder, Set<String> images) {
    String device = table(TABLE).getOrDefault(real(folder), "");
    return backing(device).filter(file -> isRemoved(file, images)).isPresent();
  }

  private static boolean isRemoved(String backing, Set<String> images) {
    return images.stream().anyMatch(image -> backing.equals(real(image) + DELETED));
  }

  /** The file for which a device such as {@code /dev/loop0} stands, as the kernel names it. */
  private static Optional<String> backing(String device) {
    Path name = Path.of(device).getFileName();
    Path file = BLOCKS.resolve(String.valueOf(name)).resolve("loop/backing_file");
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  /** Folders on which something is mounted, each with its device, by a table of the kernel. */
  static Map<Path, String> table(Path table) {
    try (Stream<String> lines = Files.lines(table)) {
      Map<Path, String> mounts = new LinkedHashMap<>();
      lines.forEach(
          line -> {
            String[] words = line.split(" ", -1);
            mounts.put(Path.of(unescaped(words[1])), unescaped(words[0]));
          });
      return mounts;
    } catch (IOException e) {
      throw new ClusterFailure("cannot read " + table, e);
    }
  }

  /** The kernel writes blanks and the like as a backslash and three octal digits. */
  private static String unescaped(String text) {
    return OCTAL
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(found.group(1), 8))));
  }

  /**
   * As the kernel names it, without links. The folder itself, which is none, is not touched: its
   * file system may be broken, or frozen.
   */
  private static Path real(String folder) {
    Path path = Path.of(folder).toAbsolutePath().normalize();
    Path parent = path.getParent();
    Path name = path.getFileName();
    try {
      return parent == null || name == null ? path : parent.toRealPath().resolve(name);
    } catch (IOException gone) {
      return path;
    }
  }

  /** Takes away all that is mounted there. Returns whether something was. */
  static boolean unmount(String folder) {
    boolean any = false;
    while (isMounted(folder)) {
      if (Command.attempt("umount", folder).isEmpty()
          && Command.attempt("umount", "-l", folder).isEmpty()
          && isMounted(folder)) {
        throw new ClusterFailure("cannot unmount " + folder, null);
      }
      any = true;
    }
    return any;
  }

  /**
   * Takes away the loop devices of an image. Returns whether there were any.
   *
   * @param whole false if only those of an image that was removed are meant
   * @throws ClusterFailure if one stays, which it does while its file system is in use
   */
  static boolean detach(String image, boolean whole) {
    List<String> devices = devices(image, whole);
    for (String device : devices) {
      Command.attempt("losetup", "-d", device);
    }
    if (!Pause.until(GONE_MILLIS_MAX, () -> devices(image, whole).isEmpty())) {
      throw new ClusterFailure(
          image + " is in use by " + String.join(", ", devices(image, whole)), null);
    }
    return !devices.isEmpty();
  }

  private static List<String> devices(String image, boolean whole) {
    List<String> devices = new ArrayList<>();
    try (Stream<Path> blocks = Files.list(BLOCKS)) {
      for (Path block : blocks.toList()) {
        String device = "/dev/" + block.getFileName();
        backing(device)
            .filter(
                file ->
                    (whole && file.equals(real(image).toString()))
                        || isRemoved(file, Set.of(image)))
            .ifPresent(file -> devices.add(device));
      }
    } catch (IOException e) {
      throw new ClusterFailure("cannot list " + BLOCKS, e);
    }
    return devices;
  }
}
