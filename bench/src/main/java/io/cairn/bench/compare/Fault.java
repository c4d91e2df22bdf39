package io.cairn.bench.compare;

import io.cairn.bench.nodes.Daemon;

/** What befalls a leader. */
public enum Fault {
  /** SIGKILL: its connections break at once. */
  KILL {
    @Override
    void befall(Daemon leader) {
      leader.kill();
    }
  },
  /** SIGSTOP: it says nothing more, and its connections stay. */
  FREEZE {
    @Override
    void befall(Daemon leader) {
      leader.freeze();
    }
  },
  /** SIGTERM: it may hand over before it goes. */
  STOP {
    @Override
    void befall(Daemon leader) {
      leader.stop();
    }
  };

  abstract void befall(Daemon leader);
}
