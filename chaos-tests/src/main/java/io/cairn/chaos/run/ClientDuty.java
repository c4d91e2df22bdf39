package io.cairn.chaos.run;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.workload.Client;
import io.cairn.chaos.workload.Clients;
import io.cairn.chaos.workload.Completion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients of one thread, one after the other, all at one node. */
final class ClientDuty implements Worker.Duty {
  private static final Logger LOG = LoggerFactory.getLogger(ClientDuty.class);

  private final Clients clients;
  private final TestNode node;
  private @Nullable Client client;
  private long process = -1;

  ClientDuty(Clients clients, TestNode node) {
    this.clients = clients;
    this.node = node;
  }

  @Override
  public Completion perform(Op invocation) {
    Client open;
    try {
      open = clientOf(invocation.process());
    } catch (RuntimeException e) {
      // Nothing was sent: there was nobody to send it.
      return Completion.fail(invocation.value(), "no client: " + e);
    }
    try {
      return open.invoke(invocation);
    } catch (RuntimeException e) {
      LOG.debug("a client threw", e);
      return Completion.unknown(invocation.value(), e.toString());
    }
  }

  private Client clientOf(long wanted) {
    Client open = client;
    if (open != null && process == wanted) {
      return open;
    }
    close();
    Client fresh = clients.open(node, wanted);
    client = fresh;
    process = wanted;
    return fresh;
  }

  @Override
  public void close() {
    Client open = client;
    client = null;
    if (open != null) {
      try {
        open.close();
      } catch (RuntimeException e) {
        LOG.debug("a client could not be closed", e);
      }
    }
  }
}
