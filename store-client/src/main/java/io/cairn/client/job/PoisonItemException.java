package io.cairn.client.job;

import io.cairn.client.Bytes;

/** The failure of one item: its cause, and which item it was. */
public final class PoisonItemException extends RuntimeException {
  private final transient Bytes item;

  /** {@code item} failed because of {@code cause}. */
  public PoisonItemException(Bytes item, Throwable cause) {
    super("an item of " + item.size() + " bytes failed: " + cause, cause);
    this.item = item;
  }

  /** The item's name. */
  public Bytes item() {
    return item;
  }
}
