package io.cairn.bench.engine;

/** Looks at something at the two ends of the stretch that counts. */
public interface Window {
  /** Looks at nothing. */
  Window NONE =
      new Window() {
        @Override
        public void opened() {}

        @Override
        public void closed() {}
      };

  /** The load has warmed up; what ends from now on counts. */
  void opened();

  /** What ends from now on does not count. */
  void closed();
}
