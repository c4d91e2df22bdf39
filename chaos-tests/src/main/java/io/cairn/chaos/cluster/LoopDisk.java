package io.cairn.chaos.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** An ext4 of its own, in a file behind a loop device. */
final class LoopDisk implements NodeDisk {
  private static final long IMAGE_BYTES = 768L << 20;
  private static final long DETACH_MILLIS_MAX = 10_000;

  /** Few, so that they can be used up. */
  private static final String INODES = "8192";

  private final RunLedger ledger;
  private final Path image;
  private final Path mount;
  private volatile boolean frozen;

  /** A disk with nothing on it, mounted. */
  LoopDisk(RunLedger ledger, Path image, Path mount) {
    this.ledger = ledger;
    this.image = image;
    this.mount = Folders.make(mount);
    ledger.record(RunLedger.Kind.IMAGE, image.toString());
    ledger.record(RunLedger.Kind.MOUNT, mount.toString());
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(IMAGE_BYTES);
    } catch (IOException e) {
      throw new ClusterFailure("cannot make " + image, e);
    }
    ledger.whileOpen(this::format);
    attach();
  }

  private void format() {
    Command.run(
        "mkfs.ext4", "-q", "-F", "-m", "0", "-N", INODES, "-J", "size=16", image.toString());
  }

  @Override
  public Path folder() {
    return mount.resolve("data");
  }

  @Override
  public Path mount() {
    return mount;
  }

  @Override
  public boolean isDevice() {
    return true;
  }

  @Override
  public boolean isThere() {
    return Mounts.isMounted(mount.toString());
  }

  /** The loop device goes away with the mount. */
  @Override
  public void attach() {
    ledger.whileOpen(this::mountImage);
  }

  private void mountImage() {
    if (!isThere()) {
      Command.run("mount", "-o", "loop", image.toString(), mount.toString());
    }
  }

  /** The process that wrote there has ended; the kernel may hold its files a moment longer. */
  @Override
  public void detach() {
    if (!isThere()) {
      return;
    }
    boolean done =
        Pause.until(
            DETACH_MILLIS_MAX, () -> Command.attempt("umount", mount.toString()).isPresent());
    if (!done) {
      throw new ClusterFailure("cannot unmount " + mount, null);
    }
  }

  @Override
  public void wipe() {
    ledger.whileOpen(
        () -> {
          detach();
          format();
          mountImage();
        });
  }

  @Override
  public void freeze() {
    ledger.whileOpen(
        () -> {
          if (isThere() && !frozen) {
            Command.run("fsfreeze", "-f", mount.toString());
            frozen = true;
          }
        });
  }

  @Override
  public boolean thaw() {
    if (!frozen) {
      return false;
    }
    frozen = false;
    return Command.attempt("fsfreeze", "-u", mount.toString()).isPresent();
  }
}
