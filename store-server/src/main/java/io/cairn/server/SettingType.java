package io.cairn.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a setting's text may be, and what it becomes. Parsing refuses with an {@link
 * IllegalArgumentException} whose message is the reason.
 *
 * @param range the allowed values, for people
 * @param parser from text to value
 */
record SettingType<T>(String range, Function<String, T> parser) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int MEMBERS_MAX = io.cairn.protocol.Limits.MEMBERS_MAX;

  static SettingType<String> name() {
    return new SettingType<>(
        "1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit",
        text -> {
          require(NAME.matcher(text).matches(), "not a name");
          return text;
        });
  }

  static SettingType<String> text(String range) {
    return new SettingType<>(
        range,
        text -> {
          require(!text.isBlank(), "empty");
          require(text.length() <= 4_096, "longer than 4096 characters");
          return text;
        });
  }

  static SettingType<Integer> integer(int min, int max) {
    return new SettingType<>(
        min + " to " + max,
        text -> {
          int value;
          try {
            value = Integer.parseInt(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number", e);
          }
          require(value >= min && value <= max, "not within " + min + " to " + max);
          return value;
        });
  }

  static SettingType<Boolean> flag() {
    return choice("true", "false").map(Boolean::parseBoolean);
  }

  static SettingType<String> choice(String... values) {
    List<String> allowed = List.of(values);
    return new SettingType<>(
        String.join(", ", allowed),
        text -> {
          String lower = text.toLowerCase(Locale.ROOT);
          require(allowed.contains(lower), "none of " + String.join(", ", allowed));
          return lower;
        });
  }

  static SettingType<List<MemberAddress>> members() {
    return new SettingType<>(
        "name=host:raftPort/clientPort/httpPort, separated by commas; at most " + MEMBERS_MAX,
        SettingType::parseMembers);
  }

  private static List<MemberAddress> parseMembers(String text) {
    List<MemberAddress> members = new ArrayList<>();
    if (text.isBlank()) {
      return members;
    }
    Set<String> names = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (String part : text.split(",", -1)) {
      MemberAddress member = MemberAddress.parse(part.strip());
      require(NAME.matcher(member.name()).matches(), "'" + member.name() + "' is not a name");
      require(names.add(member.name()), "'" + member.name() + "' is there twice");
      for (String address :
          List.of(member.raftAddress(), member.clientAddress(), member.httpAddress())) {
        require(addresses.add(address), address + " is there twice");
      }
      members.add(member);
    }
    require(members.size() <= MEMBERS_MAX, "more than " + MEMBERS_MAX + " members");
    return List.copyOf(members);
  }

  private <U> SettingType<U> map(Function<T, U> then) {
    return new SettingType<>(range, parser.andThen(then));
  }

  private static void require(boolean holds, String reason) {
    if (!holds) {
      throw new IllegalArgumentException(reason);
    }
  }
}
