package io.cairn.chaos.fault;

import io.cairn.chaos.history.Keyword;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Whom a fault hits. */
enum Target {
  ONE,
  MINORITY,
  MAJORITY,
  LEADER,
  ALL;

  private static final List<Target> MOST_ONCE = List.of(ONE, MINORITY, MAJORITY, LEADER, ALL);

  /** All of them. */
  static List<Target> every() {
    return MOST_ONCE;
  }

  /**
   * A choice, as a value: the target, and the nodes in the order in which they are hit. Who leads
   * is found later.
   */
  static Map<String, Object> plan(
      List<Target> targets, List<String> nodes, RandomGenerator random) {
    Target target = targets.get(random.nextInt(targets.size()));
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("target", new Keyword(target.name().toLowerCase(Locale.ROOT)));
    plan.put("order", shuffled(nodes, random));
    return plan;
  }

  static List<String> shuffled(List<String> nodes, RandomGenerator random) {
    List<String> order = new ArrayList<>(nodes);
    Collections.shuffle(order, new Random(random.nextLong()));
    return order;
  }

  static Target of(Object plan) {
    if (plan instanceof Map<?, ?> map && map.get("target") instanceof Keyword target) {
      return valueOf(target.name().toUpperCase(Locale.ROOT));
    }
    throw new IllegalArgumentException("not the plan of a fault: " + plan);
  }

  /** How many of so many nodes it hits. */
  int count(int nodes) {
    return switch (this) {
      case ONE, LEADER -> 1;
      case MINORITY -> Math.max(1, (nodes - 1) / 2);
      case MAJORITY -> nodes / 2 + 1;
      case ALL -> nodes;
    };
  }
}
