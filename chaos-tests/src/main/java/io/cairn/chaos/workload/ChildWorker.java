package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/**
 * A worker of tasks in a process of its own: does what comes in, says how it ended, and goes when
 * nothing can come any more.
 */
public final class ChildWorker {
  private ChildWorker() {}

  /** What is to be done. */
  record Order(String f, @Nullable Serializable value) implements Serializable {}

  /** How it ended. */
  record Report(OpType type, @Nullable Serializable value, @Nullable Serializable extras)
      implements Serializable {}

  private record Word(String name) implements Serializable {}

  /** Arguments: the node's address for clients, and the number of the process. */
  public static void main(String[] arguments) throws IOException, ClassNotFoundException {
    LogManager.getLogManager().reset();
    OutputStream out = new BufferedOutputStream(System.out);
    System.setOut(System.err);
    long process = Long.parseLong(arguments[1]);
    TestNode node = new TestNode("node", arguments[0], "");
    try (ObjectOutputStream reports = new ObjectOutputStream(out);
        TaskClient client = TaskClient.contending(node, process)) {
      reports.flush();
      try (ObjectInputStream orders = new ObjectInputStream(System.in)) {
        while (true) {
          Order order = (Order) orders.readObject();
          Op op = new Op(0, 0, OpType.INVOKE, process, order.f(), thawed(order.value()), Map.of());
          Completion done = client.invoke(op);
          reports.writeObject(new Report(done.type(), packed(done.value()), packed(done.extras())));
          reports.reset();
          reports.flush();
        }
      } catch (EOFException parentGone) {
        Runtime.getRuntime().halt(0);
      }
    }
  }

  /** A value of a history that can be sent. */
  static @Nullable Serializable packed(@Nullable Object value) {
    if (value instanceof Keyword word) {
      return new Word(word.name());
    }
    if (value instanceof List<?> list) {
      ArrayList<@Nullable Serializable> packed = new ArrayList<>();
      list.forEach(each -> packed.add(packed(each)));
      return packed;
    }
    if (value instanceof Map<?, ?> map) {
      LinkedHashMap<@Nullable Serializable, @Nullable Serializable> packed = new LinkedHashMap<>();
      map.forEach((key, each) -> packed.put(packed(key), packed(each)));
      return packed;
    }
    return (Serializable) value;
  }

  /** The value again. */
  static @Nullable Object thawed(@Nullable Object value) {
    if (value instanceof Word word) {
      return new Keyword(word.name());
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> thawed = new ArrayList<>();
      list.forEach(each -> thawed.add(thawed(each)));
      return thawed;
    }
    if (value instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> thawed = new LinkedHashMap<>();
      map.forEach((key, each) -> thawed.put(thawed(key), thawed(each)));
      return thawed;
    }
    return value;
  }
}
