package io.cairn.core.storage;

/** A snapshot is not what was saved. It was not loaded; the present database is untouched. */
public final class CorruptSnapshotException extends StorageException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String expected;
  private final String actual;

  /**
   * Names the damage.
   *
   * @param file its name in the snapshot, or the folder if no single file is at fault
   * @param what is compared: length, SHA-256, presence
   * @param expected by the manifest
   * @param actual what is there
   */
  public CorruptSnapshotException(String file, String what, String expected, String actual) {
    super("snapshot file %s: %s is %s, expected %s".formatted(file, what, actual, expected));
    this.file = file;
    this.expected = expected;
    this.actual = actual;
  }

  /** Name of the damaged file. */
  public String file() {
    return file;
  }

  /** What the manifest says. */
  public String expected() {
    return expected;
  }

  /** What is there. */
  public String actual() {
    return actual;
  }
}
