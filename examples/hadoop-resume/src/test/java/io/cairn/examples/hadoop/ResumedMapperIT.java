package io.cairn.examples.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's local runner over two splits, of which the second's mapper dies in its midst. */
@Timeout(300)
class ResumedMapperIT {
  private static final int RECORDS = 10_000;
  private static final int KEYS = 7;
  private static final int CHECKPOINT_RECORDS = 1_000;
  private static final long SPLIT_BYTES = 64 * 1024;
  private static final long SECONDS_MAX = 200;

  @TempDir private static Path folder;
  private static ServerProcess server;
  private static Path input;
  private static final Map<String, Long> EXPECTED = new TreeMap<>();

  @BeforeAll
  static void start() throws IOException {
    List<String> lines = new ArrayList<>();
    for (long record = 0; record < RECORDS; record++) {
      String key = "key-" + record % KEYS;
      lines.add(key + "\t" + record);
      EXPECTED.merge(key, record, Long::sum);
    }
    input = Files.write(folder.resolve("input"), lines);
    assertThat(Files.size(input)).as("two splits").isBetween(SPLIT_BYTES * 3 / 2, 2 * SPLIT_BYTES);
    server = ServerProcess.start(Path.of(System.getProperty("server.folder")));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  static Configuration conf(String endpoints, String job) {
    Configuration conf = new Configuration();
    conf.set("mapreduce.framework.name", "local");
    conf.set("fs.defaultFS", "file:///");
    conf.setLong("mapreduce.input.fileinputformat.split.maxsize", SPLIT_BYTES);
    conf.set(ResumingMapper.ENDPOINTS, endpoints);
    conf.set(ResumingMapper.JOB, job);
    conf.setInt(ResumingMapper.CHECKPOINT_RECORDS, CHECKPOINT_RECORDS);
    return conf;
  }

  @Test
  void mapperGoesOnFromTheCheckpointOfAKilledProcess() throws Exception {
    runKilled("killed");
    assertNextAttemptGoesOn("killed");
  }

  @Test
  void mapperGoesOnFromTheCheckpointOfAnAttemptThatThrew() throws Exception {
    Configuration conf = conf(server.endpoints(), "threw");
    conf.set(DyingMapper.DEATH, "throw");
    Job first = SumJob.of(conf, DyingMapper.class, path(input), path(folder.resolve("threw-1")));
    assertThat(first.waitForCompletion(false)).isFalse();
    assertNextAttemptGoesOn("threw");
  }

  private static void assertNextAttemptGoesOn(String job) throws Exception {
    Path output = folder.resolve(job + "-2");
    Configuration conf = conf(server.endpoints(), job);
    Job next = SumJob.of(conf, ResumingMapper.class, path(input), path(output));
    assertThat(next.waitForCompletion(false)).isTrue();

    long foundDone = counter(next, ResumingMapper.Records.FOUND_DONE);
    long added = counter(next, ResumingMapper.Records.ADDED);
    // All of the first split, and of the second what was saved before it died at record 2,500.
    long saved = DyingMapper.LAST_RECORD / CHECKPOINT_RECORDS * CHECKPOINT_RECORDS;
    assertThat(foundDone).isEqualTo(recordsOfFirstSplit() + saved);
    assertThat(added).isEqualTo(RECORDS - foundDone);
    assertThat(output(output)).isEqualTo(EXPECTED);
  }

  /** A split has the lines that begin in it, and the one that begins where it ends. */
  private static long recordsOfFirstSplit() throws IOException {
    long begin = 0;
    long records = 0;
    for (String line : Files.readAllLines(input)) {
      if (begin <= SPLIT_BYTES) {
        records++;
      }
      begin += line.length() + 1;
    }
    return records;
  }

  private static void runKilled(String job) throws Exception {
    Path log = folder.resolve(job + ".log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                DyingJob.class.getName(),
                server.endpoints(),
                job,
                input.toString(),
                folder.resolve(job + "-1").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(DyingMapper.HALTED);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Map<String, Long> output(Path output) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    for (String line : Files.readAllLines(output.resolve("part-r-00000"))) {
      String[] words = line.split("\t", -1);
      sums.put(words[0], Long.valueOf(words[1]));
    }
    return sums;
  }

  private static long counter(Job job, Enum<?> counter) throws IOException {
    return job.getCounters().findCounter(counter).getValue();
  }

  private static org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }
}
