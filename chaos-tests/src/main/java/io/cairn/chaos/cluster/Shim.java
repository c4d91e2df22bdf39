package io.cairn.chaos.cluster;

/** A library between servers and the C library, built from a resource when a cluster starts. */
public enum Shim {
  /** Clocks that jump and drift. */
  CLOCK("clock.c", "CHAOS_CLOCK"),
  /** Reads, writes and fsyncs that fail, lie or take long. */
  IO("io.c", "CHAOS_IO");

  private final String source;
  private final String variable;

  Shim(String source, String variable) {
    this.source = source;
    this.variable = variable;
  }

  /** Name of the resource. */
  String source() {
    return source;
  }

  /** The variable that names a server's control page. */
  String variable() {
    return variable;
  }
}
