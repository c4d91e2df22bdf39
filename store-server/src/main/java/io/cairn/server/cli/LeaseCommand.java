package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.Lease;
import io.cairn.client.LeaseLeft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Leases. */
@Command(
    name = "lease",
    description = "Grants, renews and revokes leases: times to live on which keys hang.",
    subcommands = {
      LeaseCommand.Grant.class,
      LeaseCommand.Revoke.class,
      LeaseCommand.Ttl.class,
      LeaseCommand.Ls.class,
      LeaseCommand.KeepAlive.class
    },
    footer = {"  cairn lease grant 60s", "  cairn lease ttl 7587", "  cairn lease ls"})
final class LeaseCommand {
  private LeaseCommand() {}

  /** A command on one lease. */
  abstract static class OnLease extends Call {
    @Parameters(paramLabel = "ID", description = "The lease.")
    private long id;

    final long id() {
      return id;
    }

    final CommandFailure gone() {
      return new CommandFailure(Exit.NOT_FOUND, "no lease " + id + ": it has ended");
    }
  }

  /** Grants a lease. */
  @Command(
      name = "grant",
      description = "Grants a lease and says its id. Nobody renews it: see keep-alive.",
      footer = {"  cairn lease grant 60s", "  cairn lease grant 5m --id 42"})
  static final class Grant extends Call {
    @Parameters(paramLabel = "TTL", description = "Time to live: 500ms, 60s, 5m.")
    private Duration ttl = Duration.ZERO;

    @Option(names = "--id", paramLabel = "ID", description = "Under this id.")
    private long id;

    @Override
    Exit run() {
      Lease lease;
      try (Cairn cairn = connect()) {
        lease = id == 0 ? cairn.leases().grant(ttl) : cairn.leases().grant(id, ttl);
      }
      output()
          .result(
              Fields.of().put("lease", lease.id()).put("ttlMillis", lease.ttl().toMillis()),
              Long.toString(lease.id()));
      return Exit.DONE;
    }
  }

  /** Ends a lease. */
  @Command(
      name = "revoke",
      description = "Ends a lease and deletes its keys.",
      footer = "  cairn lease revoke 7587")
  static final class Revoke extends OnLease {
    @Override
    Exit run() {
      try (Cairn cairn = connect()) {
        cairn.leases().revoke(id());
      }
      output().result(Fields.of().put("lease", id()).put("revoked", true), "revoked " + id());
      return Exit.DONE;
    }
  }

  /** Says what is left of a lease. */
  @Command(
      name = "ttl",
      description = "Says how long a lease has left, and its keys. Exit code 3 if it is gone.",
      footer = "  cairn lease ttl 7587 -o json")
  static final class Ttl extends OnLease {
    @Override
    Exit run() {
      LeaseLeft left;
      try (Cairn cairn = connect()) {
        left = cairn.leases().timeToLive(id()).orElseThrow(this::gone);
      }
      List<String> lines = new ArrayList<>();
      lines.add(
          "%d  %s left of %s, %d keys"
              .formatted(
                  left.id(),
                  Shown.duration(left.left()),
                  Shown.duration(left.granted()),
                  left.keys().size()));
      left.keys().forEach(key -> lines.add("  " + Shown.line(key)));
      output()
          .result(
              Fields.of()
                  .put("lease", left.id())
                  .put("leftMillis", left.left().toMillis())
                  .put("ttlMillis", left.granted().toMillis())
                  .objects("keys", left.keys().stream().map(Ttl::key).toList()),
              lines);
      return Exit.DONE;
    }

    private static Fields key(Bytes key) {
      return Fields.of().put("key", key);
    }
  }

  /** Lists leases. */
  @Command(name = "ls", description = "Lists the ids of all leases.", footer = "  cairn lease ls")
  static final class Ls extends Call {
    @Override
    Exit run() {
      List<Long> ids;
      try (Cairn cairn = connect()) {
        ids = cairn.leases().list();
      }
      output()
          .result(
              Fields.of().numbers("leases", ids),
              ids.stream().map(id -> Long.toString(id)).toList());
      return Exit.DONE;
    }
  }

  /** Renews a lease. */
  @Command(
      name = "keep-alive",
      description = {
        "Renews a lease until Ctrl-C, a third of its time to live apart. Exit code 3 when it is gone."
      },
      footer = {"  cairn lease keep-alive 7587", "  cairn lease keep-alive 7587 --once"})
  static final class KeepAlive extends OnLease {
    @Option(names = "--once", description = "Renew once only.")
    private boolean once;

    @Override
    Exit run() throws InterruptedException {
      try (Cairn cairn = connect()) {
        LeaseLeft left = cairn.leases().timeToLive(id()).orElseThrow(this::gone);
        while (true) {
          if (!cairn.leases().renew(id())) {
            throw gone();
          }
          output()
              .result(
                  Fields.of()
                      .put("lease", id())
                      .put("renewed", true)
                      .put("ttlMillis", left.granted().toMillis()),
                  "renewed %d for %s".formatted(id(), Shown.duration(left.granted())));
          if (!output().flush() || once) {
            return Exit.DONE;
          }
          Thread.sleep(Math.max(100, left.granted().toMillis() / 3));
        }
      }
    }
  }
}
