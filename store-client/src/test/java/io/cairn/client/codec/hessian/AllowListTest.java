package io.cairn.client.codec.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.hessian.States.Cursor;
import io.cairn.client.codec.hessian.States.Gadget;
import io.cairn.client.codec.hessian.States.Holder;
import io.cairn.client.codec.hessian.States.NoEmptyConstructor;
import io.cairn.client.codec.hessian.States.Node;
import io.cairn.client.codec.hessian.States.Other;
import io.cairn.client.codec.hessian.States.OwnList;
import java.io.File;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AllowListTest {
  private final Codec<Holder> codec = Codecs.hessian(Holder.class);

  record Threaded(Position2 position) {}

  record Position2(Thread thread) {}

  record Concurrent(ConcurrentMap<String, String> map) {}

  record Copying(BlockingQueue<String> queue) {}

  record Sorted(List<? extends Comparable<?>> values) {}

  @Test
  void aClassThatIsNotAllowedIsRefusedWithThePathToIt() {
    Object nested = List.of(1, Map.of("k", new Object[] {new Cursor("secret", 1)}));

    assertThatThrownBy(() -> codec.encode(new Holder(nested)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Holder.value[1][0][0]: class io.cairn.client.codec.hessian.States$Cursor is not"
                + " allowed; add it with Codecs.hessian(Holder.class, Cursor.class)");
    assertThat(Codecs.hessian(Holder.class, Cursor.class).encode(new Holder(nested))).isNotEmpty();
  }

  @Test
  void classesThatCannotBeStoredAreRefusedWithTheReason() {
    refused(new File("secret"), "class java.io.File of the JDK cannot be stored");
    refused(Other.ONE, "States$Other is not allowed");
    refused(EnumSet.of(Other.ONE), "States$Other is not allowed");
    refused(new Cursor[0], "array of io.cairn.client.codec.hessian.States$Cursor is not allowed");
    refused((Runnable) () -> {}, "is not allowed");
    refused(new IdentityHashMap<>(), "IdentityHashMap of the JDK cannot be stored");
    refused(new TreeMap<>(String.CASE_INSENSITIVE_ORDER), "only natural and reverse order");
    refused(Holder.class, "class java.lang.Class of the JDK cannot be stored");
    refused(new OwnList(), "OwnList is not allowed");
  }

  @Test
  void aStateClassThatCanNeverBeStoredIsRefusedAtOnce() {
    assertThatThrownBy(() -> Codecs.hessian(Threaded.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Threaded.position.thread: class java.lang.Thread of the JDK cannot be stored");
    assertThatThrownBy(() -> Codecs.hessian(NoEmptyConstructor.class))
        .hasMessageContaining("is no record and has no constructor without arguments");
    assertThatThrownBy(() -> Codecs.hessian(OwnList.class))
        .hasMessageContaining("extends java.util.ArrayList, which cannot be stored");
    assertThat(Codecs.hessian(Sorted.class)).isNotNull();
  }

  @Test
  void aCollectionThatWouldNotFitItsFieldAgainIsRefused() {
    Codec<Concurrent> concurrent = Codecs.hessian(Concurrent.class);
    Codec<Copying> copying = Codecs.hessian(Copying.class);

    assertThat(concurrent.encode(new Concurrent(new ConcurrentSkipListMap<>()))).isNotEmpty();
    assertThatThrownBy(() -> copying.encode(new Copying(new LinkedBlockingQueue<>())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "Copying.queue: java.util.concurrent.LinkedBlockingQueue would come back as"
                + " java.util.ArrayList, which is no java.util.concurrent.BlockingQueue");
  }

  @Test
  void deepNestingIsRefusedAndNotAStackOverflow() {
    Codec<Node> nodes = Codecs.hessian(Node.class);
    Node first = chain(1_000_000);

    assertThatThrownBy(() -> nodes.encode(first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nested deeper than 256 values");
    Node deepest = chain(StateOutput.DEPTH_MAX - 1);
    assertThat(nodes.decode(nodes.encode(deepest), 1).name).isEqualTo("n");
  }

  @Test
  void theDeepestNestFitsASmallStack() throws InterruptedException {
    Codec<Node> nodes = Codecs.hessian(Node.class);
    Node deepest = chain(StateOutput.DEPTH_MAX - 1);
    List<Object> results = new ArrayList<>();
    Thread thread =
        new Thread(
            null, () -> results.add(nodes.decode(nodes.encode(deepest), 1)), "small", 512 * 1024);
    thread.start();
    thread.join();

    assertThat(results).hasSize(1);
  }

  @Test
  void aCycleThroughARecordIsRefused() {
    List<@Nullable Object> list = new ArrayList<>();
    Holder holder = new Holder(list);
    list.add(holder);

    assertThatThrownBy(() -> codec.encode(holder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Holder.value[0]: a cycle through");
  }

  @Test
  void aForeignClassInStoredBytesIsRefusedBeforeItIsInitialized() {
    byte[] bytes = Codecs.hessian(Holder.class, Gadget.class).encode(new Holder(new Gadget()));
    System.clearProperty("cairn.test.gadget");

    assertThatThrownBy(() -> codec.decode(bytes, 1))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("class io.cairn.client.codec.hessian.States$Gadget is not allowed");
    assertThat(System.getProperty("cairn.test.gadget")).isNull();
  }

  @Test
  void bytesOfAnotherStateClassAreRefused() {
    byte[] bytes = Codecs.hessian(String.class).encode("text");

    assertThatThrownBy(() -> codec.decode(bytes, 1))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageEndingWith("States$Holder, found java.lang.String");
  }

  private void refused(Object value, String reason) {
    assertThatThrownBy(() -> codec.encode(new Holder(value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Holder.value: ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("secret");
  }

  private static Node chain(int length) {
    Node first = new Node("n", 0);
    for (int i = 1; i < length; i++) {
      Node next = new Node("n", i);
      next.next = first;
      first = next;
    }
    return first;
  }
}
