package io.cairn.client.internal;

/** A monotonic clock. Only differences mean something. */
interface NanoClock {
  /** The clock of this machine. */
  NanoClock SYSTEM = System::nanoTime;

  /** Nanoseconds since some point. */
  long nanos();
}
