package io.cairn.chaos.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/** A folder among others. */
final class PlainDisk implements NodeDisk {
  private final Path place;

  PlainDisk(Path place) {
    this.place = Folders.make(place);
  }

  @Override
  public Path folder() {
    return place.resolve("data");
  }

  @Override
  public Path mount() {
    return place;
  }

  @Override
  public boolean isDevice() {
    return false;
  }

  @Override
  public boolean isThere() {
    return Files.isDirectory(place);
  }

  @Override
  public void attach() {
    Folders.make(place);
  }

  @Override
  public void detach() {}

  @Override
  public void wipe() {
    Folders.delete(folder());
  }

  @Override
  public void freeze() {
    throw new ClusterFailure("a plain folder cannot be frozen: " + place, null);
  }

  @Override
  public boolean thaw() {
    return false;
  }
}
