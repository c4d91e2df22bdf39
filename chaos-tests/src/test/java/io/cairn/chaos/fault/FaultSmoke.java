package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.Clusters;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Faults, one after the other, on servers that somebody writes to; run by hand: {@code FOLDER
 * SECONDS SEED FAULT...}. A fault named {@code namespaces} asks for them. Says what each did.
 */
final class FaultSmoke {
  private FaultSmoke() {}

  public static void main(String[] words) {
    List<String> names = Arrays.asList(words).subList(3, words.length);
    List<String> faults = names.stream().filter(name -> !name.equals("namespaces")).toList();
    ClusterOptions options = ClusterOptions.of(3, Path.of(words[0]));
    if (names.contains("namespaces")) {
      options = options.withNetwork(ClusterOptions.NetworkKind.NAMESPACES);
    }
    if (names.contains("loopback")) {
      faults = faults.stream().filter(name -> !name.equals("loopback")).toList();
      options = options.withNetwork(ClusterOptions.NetworkKind.LOOPBACK);
    } else {
      options = Faults.prepare(options, faults);
    }
    say("missing: " + Faults.missing(faults));
    Random random = new Random(Long.parseLong(words[2]));
    try (Cluster cluster = Clusters.create(options)) {
      cluster.startAll();
      cluster.awaitServing(Duration.ofSeconds(60));
      say("serves");
      String endpoints =
          cluster.nodes().stream().map(TestNode::endpoint).collect(Collectors.joining(","));
      try (Cairn cairn =
          Cairn.builder().endpoints(endpoints).requestTimeout(Duration.ofSeconds(3)).build()) {
        AtomicLong written = new AtomicLong();
        Thread writer = new Thread(() -> write(cairn, written));
        writer.setDaemon(true);
        writer.start();
        for (String name : faults) {
          once(cluster, name, random, Long.parseLong(words[1]) * 1_000, written);
        }
        writer.interrupt();
        say("digests " + cluster.digests());
      }
    }
  }

  private static void once(
      Cluster cluster, String name, Random random, long millis, AtomicLong written) {
    Fault fault = Faults.open(name, cluster);
    Object plan = fault.plan(random);
    long before = written.get();
    say(name + " plan " + plan);
    say("  begin " + fault.begin(plan));
    Pause.millis(millis);
    long during = written.get();
    say("  end " + fault.end());
    long nanos = System.nanoTime();
    cluster.awaitServing(Duration.ofSeconds(60));
    long served = (System.nanoTime() - nanos) / 1_000_000;
    Pause.until(15_000, () -> written.get() > during + 5);
    say(
        "  evidence %s; writes %d, %d; serves after %d ms"
            .formatted(fault.evidence(), during - before, written.get() - during, served));
    fault.close();
  }

  private static void write(Cairn cairn, AtomicLong written) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        cairn.kv().put("k" + written.get() % 100, "v".repeat(200) + written.get());
        written.incrementAndGet();
      } catch (CairnException e) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
      }
    }
  }

  private static void say(String text) {
    System.err.println(text);
  }
}
