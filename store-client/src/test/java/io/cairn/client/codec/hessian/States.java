package io.cairn.client.codec.hessian;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The state classes of the tests. */
final class States {
  private States() {}

  record Position(long line, double sum) {}

  record Cursor(@Nullable String file, long offset) {
    Cursor {
      if (offset < 0) {
        throw new IllegalArgumentException("offset secret" + offset);
      }
    }
  }

  record Box<T>(@Nullable T content) {}

  record Holder(@Nullable Object value) {}

  record Open(@Nullable Object a, @Nullable Object b) {}

  enum Phase {
    READ,
    WRITE {
      @Override
      boolean writes() {
        return true;
      }
    };

    boolean writes() {
      return false;
    }
  }

  enum Other {
    ONE
  }

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  record Wide(
      byte b,
      short s,
      char c,
      int i,
      long l,
      float f,
      double d,
      boolean z,
      @Nullable Integer boxed,
      @Nullable String text,
      List<Cursor> cursors,
      Map<String, Long> counts,
      Set<Phase> phases,
      EnumMap<DayOfWeek, Integer> days,
      Optional<LocalDate> date,
      UUID id,
      Box<Cursor> box,
      Shape shape,
      List<? extends Shape> shapes,
      Phase phase) {}

  static Wide wide() {
    EnumMap<DayOfWeek, Integer> days = new EnumMap<>(DayOfWeek.class);
    days.put(DayOfWeek.FRIDAY, 5);
    return new Wide(
        (byte) -1,
        (short) 300,
        '\u20ac',
        1 << 20,
        1L << 40,
        1.5f,
        -0.0,
        true,
        null,
        "text \ud83d\ude00",
        List.of(new Cursor("a", 1), new Cursor(null, 2)),
        Map.of("x", 1L),
        Set.of(Phase.WRITE),
        days,
        Optional.of(LocalDate.of(2026, 11, 30)),
        new UUID(1, 2),
        new Box<>(new Cursor("b", 3)),
        new Circle(2),
        List.of(new Square(1)),
        Phase.WRITE);
  }

  static class Base {
    protected int count;
    protected final List<String> kinds = new ArrayList<>();
  }

  static final class Node extends Base {
    String name = "";
    @Nullable Node next;
    final List<Node> children = new ArrayList<>();
    transient int cached = 7;

    Node() {}

    Node(String name, int count) {
      this.name = name;
      this.count = count;
    }

    int count() {
      return count;
    }
  }

  static final class Money {
    private long cents;

    @SuppressWarnings("unused") // for the codec
    private Money() {}

    Money(long cents) {
      this.cents = cents;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Money money && money.cents == cents;
    }

    @Override
    public int hashCode() {
      return Objects.hash(cents);
    }
  }

  static final class NoEmptyConstructor {
    final int value;

    NoEmptyConstructor(int value) {
      this.value = value;
    }
  }

  static final class OwnList extends ArrayList<String> {
    private static final long serialVersionUID = 1L;
  }

  /** Says so when it is initialized: nothing may do that by its name. */
  static final class Gadget {
    static {
      System.setProperty("cairn.test.gadget", "initialized");
    }

    Gadget() {}
  }
}
