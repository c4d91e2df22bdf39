package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.TaskName;
import io.cairn.client.job.FaultClassifier;
import io.cairn.client.job.FaultFacts;
import io.cairn.client.job.ItemAction;
import io.cairn.client.job.Jobs;
import io.cairn.client.job.Listing;
import io.cairn.client.job.PoisonItemException;
import io.cairn.client.job.QuarantineQuery;
import io.cairn.client.job.QuarantinedItem;
import io.cairn.client.job.StoppedException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.TaskStartResponse;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Leaves out the items of a task that failed too often. For the handler's thread. */
final class QuarantineCheck {
  /** What an item is not to blame for. */
  private static final Set<String> OF_SURROUNDINGS =
      Set.of(FaultTypes.DISK_FULL, FaultTypes.OUT_OF_MEMORY, FaultTypes.NETWORK);

  private final Jobs jobs;
  private final TaskName task;
  private final Set<ByteString> items;
  private boolean more;

  QuarantineCheck(Jobs jobs, TaskName task, TaskStartResponse start) {
    this.jobs = jobs;
    this.task = task;
    this.items = new HashSet<>(start.getQuarantinedList());
    this.more = start.getQuarantinedMore();
  }

  /** Runs the action unless the item is left out; false: it is. */
  boolean run(ByteString item, ItemAction action) throws Exception {
    if (item.isEmpty()) {
      throw new CairnException(ErrorCode.INVALID_ARGUMENT, "an item's name is empty");
    }
    Checked.size("item's name", item.size(), Limits.ITEM_BYTES_MAX);
    if (isLeftOut(item)) {
      return false;
    }
    try {
      action.run();
      return true;
    } catch (InterruptedException | StoppedException | PoisonItemException | CairnException e) {
      throw e;
    } catch (Exception e) {
      if (isOfSurroundings(e)) {
        throw e;
      }
      throw new PoisonItemException(KvWire.bytes(item), e);
    }
  }

  private boolean isLeftOut(ByteString item) {
    if (more) {
      more = false;
      Optional<QuarantineQuery> next = Optional.of(QuarantineQuery.of(task));
      while (next.isPresent()) {
        Listing<QuarantinedItem, QuarantineQuery> page = jobs.quarantine(next.get());
        page.items().stream()
            .map(QuarantinedItem::item)
            .map(Bytes::toArray)
            .map(ByteString::copyFrom)
            .forEach(items::add);
        next = page.next();
      }
    }
    return items.contains(item);
  }

  private boolean isOfSurroundings(Exception failure) {
    return FaultClassifier.standard()
        .classify(failure, new FaultFacts(task, "", 0, "", ""))
        .filter(fault -> OF_SURROUNDINGS.contains(fault.type()))
        .isPresent();
  }
}
