package io.cairn.client.internal;

import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import io.cairn.client.Kv;
import io.cairn.client.Leases;
import io.cairn.client.Locks;
import io.cairn.client.TaskBuilder;
import io.cairn.client.Tasks;
import io.cairn.client.codec.Codec;

/** The client: what wires transport, session, leases and the calls on top of them. */
public final class ConnectedCairn implements Cairn {
  private final Settings settings;

  /** A client with these settings, not connected yet. */
  public ConnectedCairn(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Kv kv() {
    throw unsupported();
  }

  @Override
  public <T> TaskBuilder<T> task(String name, Class<T> state) {
    throw unsupported();
  }

  @Override
  public <T> TaskBuilder<T> task(String name, Codec<T> codec) {
    throw unsupported();
  }

  @Override
  public Tasks tasks() {
    throw unsupported();
  }

  @Override
  public Locks locks() {
    throw unsupported();
  }

  @Override
  public Leases leases() {
    throw unsupported();
  }

  @Override
  public Admin admin() {
    throw unsupported();
  }

  @Override
  public void close() {}

  private UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("not built yet: " + settings.endpoints());
  }
}
