package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;

/** What can be said about a fault, as an owner tells it, without looking at the task. */
public final class FaultShape {
  private FaultShape() {}

  /** The fault without what only the store may say of it; refuses one that cannot be kept. */
  public static Fault checked(Fault fault) {
    Checks.name("fault's type", fault.getType(), false);
    size("fault's location", fault.getLocation());
    size("fault's message", fault.getMessage());
    Checks.size("fault's stack digest", fault.getStackDigest().size(), Sha256.BYTES);
    FaultPlace place = fault.getPlace();
    Checks.name("fault's node", place.getNode(), true);
    Checks.name("fault's worker", place.getWorker(), true);
    Checks.text("fault's partition", place.getPartition(), true, Limits.TASK_NAME_BYTES_MAX);
    size("fault's path", place.getPath());
    Checks.size("fault's item", place.getItem().size(), Limits.ITEM_BYTES_MAX);
    Checks.size("fault's sections", place.getSectionsCount(), Limits.FAULT_SECTIONS_MAX);
    place.getSectionsList().forEach(name -> Checks.name("fault's section", name, false));
    return fault.toBuilder().clearAction().clearPauseMillis().build();
  }

  /** Adds a place to a digest; one that is not set adds nothing. */
  static void digest(Sha256 hash, Fault fault) {
    if (!fault.hasPlace()) {
      return;
    }
    FaultPlace place = fault.getPlace();
    hash.text("place")
        .text(place.getNode())
        .text(place.getWorker())
        .text(place.getPartition())
        .text(place.getPath())
        .bytes(place.getItem())
        .count(place.getSectionsCount());
    place.getSectionsList().forEach(hash::text);
  }

  private static void size(String what, String text) {
    Checks.size(what, ByteString.copyFromUtf8(text).size(), Limits.FAULT_TEXT_BYTES_MAX);
  }
}
