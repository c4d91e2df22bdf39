package io.cairn.client.codec.hessian;

import io.cairn.client.codec.hessian.ValueType.Parts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
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
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table of JDK value types: the parts each is taken into. The order of parts is the format. */
final class JdkValues {
  private static final boolean SHARED = true;

  private final List<StateType> types = new ArrayList<>();

  private JdkValues() {}

  static List<StateType> all() {
    JdkValues table = new JdkValues();
    table.numbers();
    table.texts();
    table.times();
    table.optionals();
    table.mutables();
    return table.types;
  }

  private void numbers() {
    add(Byte.class, "value", v -> parts((int) v), p -> narrow(p, Byte.class));
    add(Short.class, "value", v -> parts((int) v), p -> narrow(p, Short.class));
    add(Character.class, "value", v -> parts((int) v), p -> narrow(p, Character.class));
    add(Float.class, "value", v -> parts((double) v), p -> p.as(Double.class, 0).floatValue());
    add(BigInteger.class, "bytes", v -> parts(v.toByteArray()), p -> new BigInteger(p.bytes(0)));
    add(
        BigDecimal.class,
        "unscaled scale",
        v -> parts(v.unscaledValue().toByteArray(), v.scale()),
        p -> new BigDecimal(new BigInteger(p.bytes(0)), p.integer(1)));
  }

  private void texts() {
    add(
        UUID.class,
        "high low",
        v -> parts(v.getMostSignificantBits(), v.getLeastSignificantBits()),
        p -> new UUID(p.number(0), p.number(1)));
    add(URI.class, "text", v -> parts(v.toString()), p -> URI.create(p.text(0)));
    add(Locale.class, "tag", v -> parts(tag(v)), p -> Locale.forLanguageTag(p.text(0)));
    add(
        Currency.class,
        "code",
        v -> parts(v.getCurrencyCode()),
        p -> Currency.getInstance(p.text(0)));
  }

  private void times() {
    add(
        Instant.class,
        "seconds nanos",
        v -> parts(v.getEpochSecond(), v.getNano()),
        p -> Instant.ofEpochSecond(p.number(0), p.integer(1)));
    add(
        Duration.class,
        "seconds nanos",
        v -> parts(v.getSeconds(), v.getNano()),
        p -> Duration.ofSeconds(p.number(0), p.integer(1)));
    add(
        Period.class,
        "years months days",
        v -> parts(v.getYears(), v.getMonths(), v.getDays()),
        p -> Period.of(p.integer(0), p.integer(1), p.integer(2)));
    add(LocalDate.class, "day", v -> parts(v.toEpochDay()), p -> LocalDate.ofEpochDay(p.number(0)));
    add(
        LocalTime.class,
        "nano",
        v -> parts(v.toNanoOfDay()),
        p -> LocalTime.ofNanoOfDay(p.number(0)));
    add(
        LocalDateTime.class,
        "day nano",
        v -> parts(v.toLocalDate().toEpochDay(), v.toLocalTime().toNanoOfDay()),
        JdkValues::dateTime);
    add(Year.class, "year", v -> parts(v.getValue()), p -> Year.of(p.integer(0)));
    add(
        YearMonth.class,
        "year month",
        v -> parts(v.getYear(), v.getMonthValue()),
        p -> YearMonth.of(p.integer(0), p.integer(1)));
    add(
        MonthDay.class,
        "month day",
        v -> parts(v.getMonthValue(), v.getDayOfMonth()),
        p -> MonthDay.of(p.integer(0), p.integer(1)));
    add(ZoneId.class, "id", v -> parts(v.getId()), p -> ZoneId.of(p.text(0)));
    add(
        ZoneOffset.class,
        "seconds",
        v -> parts(v.getTotalSeconds()),
        p -> ZoneOffset.ofTotalSeconds(p.integer(0)));
    add(
        OffsetTime.class,
        "nano offset",
        v -> parts(v.toLocalTime().toNanoOfDay(), v.getOffset().getTotalSeconds()),
        p -> OffsetTime.of(LocalTime.ofNanoOfDay(p.number(0)), offset(p, 1)));
    add(
        OffsetDateTime.class,
        "day nano offset",
        v ->
            parts(
                v.toLocalDate().toEpochDay(),
                v.toLocalTime().toNanoOfDay(),
                v.getOffset().getTotalSeconds()),
        p -> OffsetDateTime.of(dateTime(p), offset(p, 2)));
    add(
        ZonedDateTime.class,
        "day nano offset zone",
        v ->
            parts(
                v.toLocalDate().toEpochDay(),
                v.toLocalTime().toNanoOfDay(),
                v.getOffset().getTotalSeconds(),
                v.getZone().getId()),
        p -> ZonedDateTime.ofInstant(dateTime(p), offset(p, 2), ZoneId.of(p.text(3))));
  }

  private void optionals() {
    types.add(
        new ValueType<>(
            Optional.class,
            false,
            List.of("value"),
            v -> parts(v.isPresent() ? v.get() : null),
            p -> Optional.ofNullable(p.any(0))));
    add(
        OptionalInt.class,
        "value",
        v -> parts(v.isPresent() ? v.getAsInt() : null),
        p -> p.any(0) == null ? OptionalInt.empty() : OptionalInt.of(p.integer(0)));
    add(
        OptionalLong.class,
        "value",
        v -> parts(v.isPresent() ? v.getAsLong() : null),
        p -> p.any(0) == null ? OptionalLong.empty() : OptionalLong.of(p.number(0)));
    add(
        OptionalDouble.class,
        "value",
        v -> parts(v.isPresent() ? v.getAsDouble() : null),
        p -> p.any(0) == null ? OptionalDouble.empty() : OptionalDouble.of(p.as(Double.class, 0)));
  }

  @SuppressWarnings("JavaUtilDate") // states may hold one
  private void mutables() {
    shared(BitSet.class, v -> parts(v.toByteArray()), p -> BitSet.valueOf(p.bytes(0)));
    shared(Date.class, v -> parts(v.getTime()), p -> new Date(p.number(0)));
    shared(AtomicInteger.class, v -> parts(v.get()), p -> new AtomicInteger(p.integer(0)));
    shared(AtomicLong.class, v -> parts(v.get()), p -> new AtomicLong(p.number(0)));
    shared(
        AtomicBoolean.class, v -> parts(v.get()), p -> new AtomicBoolean(p.as(Boolean.class, 0)));
    types.add(
        new ValueType<>(
            Map.Entry.class,
            SHARED,
            List.of("key", "value"),
            v -> parts(v.getKey(), v.getValue()),
            p -> new SimpleEntry<>(p.any(0), p.any(1))));
  }

  private <T> void add(
      Class<T> type, String names, Function<T, @Nullable Object[]> split, Function<Parts, T> join) {
    types.add(new ValueType<>(type, false, List.of(names.split(" ")), split, join));
  }

  private <T> void shared(
      Class<T> type, Function<T, @Nullable Object[]> split, Function<Parts, T> join) {
    types.add(new ValueType<>(type, SHARED, List.of("value"), split, join));
  }

  private static @Nullable Object[] parts(@Nullable Object... parts) {
    return parts;
  }

  private static <T> T narrow(Parts parts, Class<T> type) {
    Object narrow = FieldFit.fit(parts.as(Integer.class, 0), type, type.getName());
    return type.cast(Objects.requireNonNull(narrow));
  }

  private static LocalDateTime dateTime(Parts parts) {
    return LocalDateTime.of(
        LocalDate.ofEpochDay(parts.number(0)), LocalTime.ofNanoOfDay(parts.number(1)));
  }

  private static ZoneOffset offset(Parts parts, int index) {
    return ZoneOffset.ofTotalSeconds(parts.integer(index));
  }

  private static String tag(Locale locale) {
    String tag = locale.toLanguageTag();
    if (!Locale.forLanguageTag(tag).equals(locale)) {
      throw new IllegalArgumentException("a Locale that has no language tag cannot be stored");
    }
    return tag;
  }
}
