package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.Impairment.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace for each node, on a bridge of this run's own. Trouble is rules of iptables in
 * the receiver's namespace. Delay and half-open connections lead requests over a proxy of the
 * harness meanwhile.
 */
final class NamespaceNetwork implements Network {
  private static final int FIRST_HOST = 11;
  private static final int RAFT_PORT = 7421;
  private static final int CLIENT_PORT = 7420;
  private static final int HTTP_PORT = 7422;
  private static final Set<Kind> BY_PROXY = Set.of(Kind.DELAY, Kind.HALF_OPEN);
  private static final Pattern NETWORK = Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+)(?:/(\\d+))?");
  private static final Pattern DROPPED = Pattern.compile("dropped (\\d+), overlimits (\\d+)");

  private final RunLedger ledger;
  private final String bridge;
  private final String prefix;
  private final Map<String, NodeAddress> addresses = new LinkedHashMap<>();
  private final Set<String> ruled = new TreeSet<>();
  private final Set<String> shaped = new TreeSet<>();
  private final List<LinkProxy> detours = new ArrayList<>();

  NamespaceNetwork(RunLedger ledger) {
    this.ledger = ledger;
    this.bridge = "ccb-" + ledger.run();
    this.prefix = freePrefix();
    ledger.whileOpen(this::makeBridge);
  }

  private void makeBridge() {
    ledger.record(RunLedger.Kind.DEVICE, bridge);
    Command.run("ip", "link", "add", bridge, "type", "bridge");
    Command.run("ip", "addr", "add", prefix + "1/24", "dev", bridge);
    Command.run("ip", "link", "set", bridge, "up");
  }

  /** One of the networks that are set aside for tests of networks, and that no route leads to. */
  private static String freePrefix() {
    String taken =
        Command.run("ip", "-4", "-o", "addr")
            + Command.run("ip", "-4", "route", "show", "table", "all");
    List<String> prefixes = new ArrayList<>();
    for (int second = 18; second <= 19; second++) {
      for (int third = 0; third < 256; third++) {
        prefixes.add("198.%d.%d.".formatted(second, third));
      }
    }
    Collections.shuffle(prefixes, ThreadLocalRandom.current());
    return prefixes.stream()
        .filter(prefix -> !isTaken(taken, prefix))
        .findFirst()
        .orElseThrow(
            () -> new ClusterFailure("routes lead to all of 198.18.0.0/15: none is free", null));
  }

  /**
   * True if an address or a route, by what {@code ip} says of them, lies in this network of 256
   * addresses, or this network in it. The default route is none: all that is free lies in it.
   */
  static boolean isTaken(String said, String prefix) {
    long wanted = bits(prefix + "0");
    Matcher networks = NETWORK.matcher(said);
    while (networks.find()) {
      int length = networks.group(2) == null ? 32 : Integer.parseInt(networks.group(2));
      int shared = Math.min(length, 24);
      if (length > 0 && (bits(networks.group(1)) ^ wanted) >>> (32 - shared) == 0) {
        return true;
      }
    }
    return false;
  }

  private static long bits(String address) {
    long bits = 0;
    for (String part : address.split("\\.", -1)) {
      bits = bits << 8 | Long.parseLong(part);
    }
    return bits;
  }

  private String namespace(String node) {
    return "cc-" + ledger.run() + "-" + node;
  }

  @Override
  public NodeAddress attach(String node) {
    String space = namespace(node);
    String outer = "ccv" + ledger.run() + node;
    NodeAddress address =
        new NodeAddress(
            prefix + (FIRST_HOST + addresses.size()),
            prefix + (FIRST_HOST + addresses.size()),
            RAFT_PORT,
            CLIENT_PORT,
            HTTP_PORT);
    ledger.whileOpen(() -> makePlace(node, space, outer, address));
    addresses.put(node, address);
    return address;
  }

  private void makePlace(String node, String space, String outer, NodeAddress address) {
    ledger.record(RunLedger.Kind.NAMESPACE, space);
    ledger.record(RunLedger.Kind.DEVICE, outer);
    Command.run("ip", "netns", "add", space);
    Command.run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space);
    Command.run("ip", "link", "set", outer, "master", bridge, "up");
    inside(node, "ip", "link", "set", "lo", "up");
    inside(node, "ip", "addr", "add", address.host() + "/24", "dev", "eth0");
    inside(node, "ip", "link", "set", "eth0", "up");
  }

  @Override
  public NodeAddress move(String node, int raftPort) {
    NodeAddress moved = address(node).withRaftPort(raftPort);
    addresses.put(node, moved);
    return moved;
  }

  private NodeAddress address(String node) {
    NodeAddress address = addresses.get(node);
    if (address == null) {
      throw new ClusterFailure("there is no node '" + node + "'", null);
    }
    return address;
  }

  private String inside(String node, String... words) {
    List<String> command = new ArrayList<>(at(node));
    command.addAll(List.of(words));
    return Command.run(command);
  }

  /** Not {@code ip netns exec}: that would hold copies of all mounts. */
  @Override
  public List<String> at(String node) {
    return List.of("nsenter", "--net=/run/netns/" + namespace(node));
  }

  @Override
  public List<String> jvmOptions(String node) {
    return List.of("-Djava.net.preferIPv4Stack=true");
  }

  @Override
  public boolean supports(Kind kind) {
    return true;
  }

  @Override
  public void impair(String from, String to, Impairment impairment) {
    if (BY_PROXY.contains(impairment.kind())) {
      detour(from, to, impairment);
    } else if (impairment.kind() == Kind.RATE) {
      shape(from, impairment.amount());
    } else {
      rule(from, to, impairment);
    }
  }

  private void rule(String from, String to, Impairment impairment) {
    String raftPort = Integer.toString(address(to).raftPort());
    List<String> words =
        switch (impairment.kind()) {
          case DROP -> List.of("-j", "DROP");
          case DROP_REQUESTS -> List.of("-p", "tcp", "--dport", raftPort, "-j", "DROP");
          case RESET -> List.of("-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset");
          case LOSS ->
              List.of(
                  "-m",
                  "statistic",
                  "--mode",
                  "random",
                  "--probability",
                  Double.toString(impairment.amount()),
                  "-j",
                  "DROP");
          case LARGE ->
              List.of(
                  "-m", "length", "--length", (long) impairment.amount() + ":65535", "-j", "DROP");
          case DELAY, HALF_OPEN, RATE ->
              throw new IllegalArgumentException(impairment + " is no rule");
        };
    List<String> command = new ArrayList<>(at(to));
    command.addAll(List.of("iptables", "-w", "-A", "INPUT", "-s", address(from).host()));
    command.addAll(words);
    ruled.add(to);
    Command.run(command);
  }

  private void shape(String node, double bytesPerSecond) {
    if (shaped.add(node)) {
      String rate = (long) (bytesPerSecond * 8) + "bit";
      inside(
          node, "tc", "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", rate, "burst", "8k",
          "latency", "400ms");
    }
  }

  /** Existing connections are reset, so that all go the new way. */
  private void detour(String from, String to, Impairment impairment) {
    NodeAddress target = address(to);
    LinkProxy proxy = LinkProxy.open(prefix + "1", 0, target.host(), target.raftPort());
    if (impairment.kind() == Kind.DELAY) {
      proxy.impair(impairment);
    }
    detours.add(proxy);
    lead(from, target, proxy);
    if (impairment.kind() == Kind.HALF_OPEN) {
      Pause.millis(1_000); // connections have come over it
      proxy.impair(impairment);
    }
  }

  private void lead(String from, NodeAddress target, LinkProxy proxy) {
    String port = Integer.toString(target.raftPort());
    String there = prefix + "1:" + proxy.port();
    ruled.add(from);
    inside(
        from,
        "iptables",
        "-w",
        "-t",
        "nat",
        "-A",
        "OUTPUT",
        "-p",
        "tcp",
        "-d",
        target.host(),
        "--dport",
        port,
        "-j",
        "DNAT",
        "--to-destination",
        there);
    inside(
        from,
        "iptables",
        "-w",
        "-A",
        "OUTPUT",
        "-p",
        "tcp",
        "-d",
        target.host(),
        "--dport",
        port,
        "-j",
        "REJECT",
        "--reject-with",
        "tcp-reset");
  }

  @Override
  public Map<String, Long> heal() {
    Map<String, Long> seen = new LinkedHashMap<>();
    for (String node : ruled) {
      String rules = inside(node, "iptables", "-w", "-L", "-v", "-x", "-n");
      seen.merge("dropped-packets", packets(rules, "DROP"), Long::sum);
      seen.merge("rejected-packets", packets(rules, "REJECT"), Long::sum);
      inside(node, "iptables", "-w", "-F");
      inside(node, "iptables", "-w", "-t", "nat", "-F");
    }
    for (String node : shaped) {
      Matcher matcher = DROPPED.matcher(inside(node, "tc", "-s", "qdisc", "show", "dev", "eth0"));
      if (matcher.find()) {
        seen.merge("dropped-packets", Long.parseLong(matcher.group(1)), Long::sum);
        seen.merge("slowed-packets", Long.parseLong(matcher.group(2)), Long::sum);
      }
      inside(node, "tc", "qdisc", "del", "dev", "eth0", "root");
    }
    ruled.clear();
    shaped.clear();
    for (LinkProxy detour : detours) {
      detour.drain(seen);
      detour.close();
    }
    detours.clear();
    return seen;
  }

  /** Packets that rules with this target met, by the output of iptables -L -v -x -n. */
  static long packets(String rules, String target) {
    return rules
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words.length > 2 && words[2].equals(target))
        .mapToLong(words -> Long.parseLong(words[0]))
        .sum();
  }

  @Override
  public void close() {
    detours.forEach(LinkProxy::close);
    detours.clear();
  }
}
