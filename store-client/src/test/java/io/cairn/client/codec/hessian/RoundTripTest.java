package io.cairn.client.codec.hessian;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.hessian.States.Box;
import io.cairn.client.codec.hessian.States.Cursor;
import io.cairn.client.codec.hessian.States.Holder;
import io.cairn.client.codec.hessian.States.Money;
import io.cairn.client.codec.hessian.States.Node;
import io.cairn.client.codec.hessian.States.Open;
import io.cairn.client.codec.hessian.States.Phase;
import io.cairn.client.codec.hessian.States.Position;
import io.cairn.client.codec.hessian.States.Wide;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // states may hold them
class RoundTripTest {
  private final Codec<Holder> holders =
      Codecs.hessian(Holder.class, Cursor.class, Phase.class, Node.class, Money.class, Open.class);

  @Test
  void aRecordComesBack() {
    Codec<Position> codec = Codecs.hessian(Position.class);
    Position position = new Position(42, 3.25);

    assertThat(codec.decode(codec.encode(position), 1)).isEqualTo(position);
  }

  @Test
  void aRecordOfEverythingComesBack() {
    Codec<Wide> codec = Codecs.hessian(Wide.class);
    Wide wide = States.wide();

    assertThat(codec.decode(codec.encode(wide), 1)).isEqualTo(wide);
  }

  @Test
  void numbersKeepTheirClassAndValue() {
    List<Object> numbers = new ArrayList<>();
    for (long bits = 1; bits != 0; bits <<= 1) {
      for (long near : new long[] {bits - 1, bits, bits + 1, -bits, ~bits}) {
        numbers.addAll(List.of((byte) near, (short) near, (int) near, near, (char) near));
        numbers.addAll(List.of((float) near, (double) near, Double.longBitsToDouble(near)));
        numbers.add(Float.intBitsToFloat((int) near));
      }
    }
    numbers.addAll(List.of(-0.0, 0.0, -0.0f, Double.NaN, Float.NaN, Double.MIN_VALUE, 0.1, 0.1f));
    numbers.addAll(List.of(Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, true, false));
    assertSame(numbers);
    for (Object number : numbers) {
      assertSame(number);
    }
  }

  @Test
  void textsKeepEveryChar() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i <= Character.MAX_VALUE; i++) {
      all.append((char) i);
    }
    assertSame(all.toString());
    for (int length : new int[] {0, 1, 31, 32, 0x7fff, 0x8000, 0x8001, 0x10000, 100_000}) {
      assertSame("x".repeat(length));
      assertSame("\ud83d\ude00".repeat(length));
      assertSame(List.of("a", "\u20ac".repeat(length), "b"));
    }
  }

  @Test
  void jdkValuesComeBack() {
    LocalDateTime dateTime = LocalDateTime.of(2026, 11, 21, 3, 4, 5, 678_901_234);
    assertSame(new UUID(-5, 7));
    assertSame(URI.create("https://cairn.example/a?b=c#d"));
    assertSame(Locale.forLanguageTag("de-CH"));
    assertSame(Currency.getInstance("EUR"));
    assertSame(new BigInteger("-123456789012345678901234567890"));
    assertSame(new BigDecimal("-1.2300"));
    assertSame(new BigDecimal("1E+2147483647"));
    assertSame(new Date(1_234_567_890_123L));
    assertSame(Instant.MIN);
    assertSame(Instant.MAX);
    assertSame(Duration.ofNanos(-1));
    assertSame(Period.of(1, -2, 3));
    assertSame(LocalDate.MIN);
    assertSame(LocalTime.MAX);
    assertSame(dateTime);
    assertSame(OffsetTime.of(LocalTime.NOON, ZoneOffset.ofHours(-3)));
    assertSame(OffsetDateTime.of(dateTime, ZoneOffset.ofTotalSeconds(3_661)));
    assertSame(ZonedDateTime.of(dateTime, ZoneId.of("Europe/Zurich")));
    assertSame(
        ZonedDateTime.ofLocal(
            LocalDateTime.of(2026, 10, 25, 2, 30),
            ZoneId.of("Europe/Zurich"),
            ZoneOffset.ofHours(1)));
    assertSame(ZoneId.of("America/New_York"));
    assertSame(ZoneOffset.UTC);
    assertSame(Year.of(-44));
    assertSame(YearMonth.of(2026, 11));
    assertSame(MonthDay.of(2, 29));
    assertSame(DayOfWeek.MONDAY);
    assertSame(TimeUnit.DAYS);
    assertSame(BitSet.valueOf(new long[] {1L << 63, 0, 5}));
    assertSame(Map.entry("key", 1));
    for (Object optional :
        List.of(
            Optional.empty(),
            Optional.of(List.of("x")),
            OptionalInt.of(1),
            OptionalInt.empty(),
            OptionalLong.of(Long.MIN_VALUE),
            OptionalLong.empty(),
            OptionalDouble.of(0.5),
            OptionalDouble.empty())) {
      assertSame(optional);
    }
  }

  @Test
  void jdkCollectionsComeBackAsThemselves() {
    for (Object collection :
        List.of(
            new ArrayList<>(List.of(1, 2)),
            new LinkedList<>(List.of(1, "a")),
            new LinkedHashSet<>(List.of(3, 1, 2)),
            new TreeSet<>(List.of("b", "a")),
            new LinkedHashMap<>(Map.of(1, 2)),
            new HashMap<>(Map.of((short) 1, 'c', 'd', (byte) 2)),
            new TreeMap<>(Map.of(Instant.EPOCH, 1)),
            new ConcurrentHashMap<>(Map.of("a", 1.5f)),
            EnumSet.of(Phase.WRITE),
            EnumSet.noneOf(Phase.class),
            EnumSet.allOf(DayOfWeek.class),
            new EnumMap<>(Map.of(Phase.WRITE, 1)),
            new EnumMap<>(Phase.class))) {
      assertSame(collection);
      assertThat(turn(collection)).hasSameClassAs(collection);
    }
    EnumMap<?, ?> empty = (EnumMap<?, ?>) turn(new EnumMap<>(Phase.class));
    assertThat(EnumCollections.enumOf(empty)).isEqualTo(Phase.class);
    assertThat(turn(new ArrayDeque<>(List.of(3, 1)))).hasToString("[3, 1]");
    PriorityQueue<?> queue = (PriorityQueue<?>) turn(new PriorityQueue<>(List.of(3, 1, 2)));
    assertThat(List.of(queue.remove(), queue.remove(), queue.remove())).isEqualTo(List.of(1, 2, 3));
  }

  @Test
  void specialCollectionsComeBackEqual() {
    for (Object collection :
        Arrays.asList(
            List.of(),
            List.of(1),
            List.of(1, 2, 3),
            Arrays.asList(1, null),
            Collections.emptyMap(),
            Collections.nCopies(3, "x"),
            Collections.unmodifiableList(new ArrayList<>(List.of(1))),
            new ArrayList<>(List.of(1, 2, 3)).subList(1, 2),
            new CopyOnWriteArrayList<>(List.of(1)),
            Set.of(1, 2, 3),
            Map.of("a", 1, "b", 2),
            Collections.singletonMap("k", null),
            new TreeMap<>(Map.of(1, "a", 2, "b")).headMap(2),
            Collections.unmodifiableSortedSet(new TreeSet<>(Set.of(5))))) {
      assertSame(collection);
    }
  }

  @Test
  void ordersAreKept() {
    Map<String, Integer> map = new LinkedHashMap<>();
    for (String key : List.of("z", "a", "m")) {
      map.put(key, map.size());
    }
    assertThat(((Map<?, ?>) turn(map)).keySet().toString()).isEqualTo("[z, a, m]");
    TreeMap<Integer, String> reverse = new TreeMap<>(Collections.reverseOrder());
    reverse.putAll(Map.of(1, "a", 2, "b"));
    TreeMap<?, ?> back = (TreeMap<?, ?>) turn(reverse);
    assertThat(back.toString()).isEqualTo("{2=b, 1=a}");
    assertThat(back.comparator()).isEqualTo(Collections.reverseOrder());
  }

  @Test
  void arraysComeBack() {
    byte[] large = new byte[100_000];
    Arrays.fill(large, (byte) 'z');
    for (Object array :
        List.of(
            new byte[0],
            new byte[] {1, -1},
            large,
            new boolean[] {true, false},
            new char[] {'a', '\ud800'},
            new short[] {-1, 300},
            new int[] {Integer.MIN_VALUE, 0, 1 << 20},
            new long[] {Long.MIN_VALUE, 0, 1L << 33},
            new float[] {0.1f, Float.NaN, -0.0f},
            new double[] {0.1, Double.NaN, -0.0},
            new int[][] {{1}, {2, 3}, {}},
            new byte[][] {{1}, {}},
            new long[][][] {{{1}}},
            new int[300],
            new String[] {"a", null},
            new Object[] {1, "a", null, new int[] {1}},
            new Cursor[][] {{new Cursor("a", 1)}},
            new Phase[] {Phase.WRITE},
            new List<?>[] {List.of(1)})) {
      Object back = turn(array);
      assertThat(back).hasSameClassAs(array);
      assertThat(Arrays.deepEquals(new Object[] {back}, new Object[] {array})).isTrue();
    }
  }

  @Test
  void ordinaryObjectsKeepTheirFieldsTheirSharingAndTheirCycles() {
    Codec<Node> codec = Codecs.hessian(Node.class);
    Node root = new Node("root", 3);
    Node child = new Node("child", 4);
    root.next = root;
    root.children.addAll(List.of(child, child));
    child.next = root;
    child.cached = 99;

    Node back = codec.decode(codec.encode(root), 1);

    assertThat(back.next).isSameAs(back);
    assertThat(back.name).isEqualTo("root");
    assertThat(back.count()).isEqualTo(3);
    assertThat(back.children.get(0)).isSameAs(back.children.get(1));
    assertThat(back.children.get(0).next).isSameAs(back);
    assertThat(back.children.get(0).cached).as("transient").isEqualTo(7);
  }

  @Test
  void sharedRecordsAndCollectionsAreWrittenOnce() {
    Object tree = new Cursor("leaf", 1);
    for (int i = 0; i < 100; i++) {
      tree = i % 2 == 0 ? new Open(tree, tree) : List.of(tree, tree);
    }
    byte[] bytes = holders.encode(new Holder(tree));

    assertThat(bytes.length).isLessThan(1_000);
    Open top = (Open) ((List<?>) turn(tree)).get(0);
    assertThat(top.a()).isSameAs(top.b());
  }

  @Test
  void enumsWithBodiesAndNullsComeBack() {
    assertSame(Phase.WRITE);
    assertSame(Arrays.asList(Phase.WRITE, Phase.READ, Phase.WRITE, null));
    assertSame(null);
    assertSame(new Cursor(null, 0));
    assertSame(new Money(5));
    assertSame(Map.of(new Money(5), new Cursor("x", 1)));
    assertThat(((AtomicLong) turn(new AtomicLong(9))).get()).isEqualTo(9);
    Codec<Box<?>> boxes = boxes();
    assertThat(boxes.decode(boxes.encode(new Box<>(1)), 1)).isEqualTo(new Box<>(1));
  }

  @Test
  void equalStatesHaveEqualBytes() {
    Codec<Wide> codec = Codecs.hessian(Wide.class);

    assertThat(codec.encode(States.wide())).isEqualTo(codec.encode(States.wide()));
    assertThat(holders.encode(new Holder((short) 1_000)))
        .isEqualTo(holders.encode(new Holder((short) 1_000)));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Codec<Box<?>> boxes() {
    return (Codec) Codecs.hessian(Box.class);
  }

  private void assertSame(@Nullable Object value) {
    Object back = turn(value);
    assertThat(back).isEqualTo(value);
    if (value != null && !(value instanceof Iterable) && !(value instanceof Map)) {
      if (!(value instanceof ZoneId) && !(value instanceof Map.Entry)) {
        assertThat(back).hasSameClassAs(value);
      }
    }
  }

  private @Nullable Object turn(@Nullable Object value) {
    return holders.decode(holders.encode(new Holder(value)), 1).value();
  }
}
