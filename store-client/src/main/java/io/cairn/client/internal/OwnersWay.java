package io.cairn.client.internal;

import io.cairn.client.Lost;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import java.util.concurrent.CompletableFuture;

/** The way of an owner's writes through its client; a write that is fenced ends the ownership. */
record OwnersWay(Client client, Ownership ownership) implements TaskPipeline.Way {
  @Override
  public CompletableFuture<Outcome> send(Command command) {
    return client.requests().command(command);
  }

  @Override
  public void later(Runnable work) {
    LinkContext context = client.requests().context();
    context.loop().after(context.settings().backoffFirst().toNanos(), work);
  }

  @Override
  public void fenced() {
    ownership.lose(Lost.Reason.FENCED);
  }
}
