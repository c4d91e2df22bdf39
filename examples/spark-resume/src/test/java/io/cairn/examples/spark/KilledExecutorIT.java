package io.cairn.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Cairn;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskState;
import io.cairn.testkit.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Spark of two executor processes, of which one is killed in the midst of a partition. */
@Timeout(600)
class KilledExecutorIT {
  private static final String JOB = "sum";
  private static final int PARTITIONS = 2;
  private static final long ITEMS = 4_000;
  private static final int CHECKPOINT_ITEMS = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** What the executors get beside Spark: not from the installation, but from the driver. */
  private static final List<String> JARS =
      List.of(System.getProperty("job.jar"), System.getProperty("client.jar"));

  /** An installation: the jars of Spark, and a file by which it is known. */
  @BeforeAll
  static void install() throws IOException {
    Path home = Path.of(System.getenv("SPARK_HOME"));
    Path jars = Files.createDirectories(home.resolve("jars"));
    Files.writeString(home.resolve("RELEASE"), "Spark for a test");
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      Path link = jars.resolve(jar.getFileName());
      boolean isSparks = entry.endsWith(".jar") && !JARS.contains(entry);
      if (isSparks && !Files.exists(link)) {
        Files.createSymbolicLink(link, jar);
      }
    }
    try (Stream<Path> installed = Files.list(jars)) {
      assertThat(installed).hasSizeGreaterThan(50);
    }
  }

  @Test
  void partitionOfAKilledExecutorGoesOnFromItsCheckpoint() throws Exception {
    Path server = Path.of(System.getProperty("server.folder"));
    try (ServerProcess cluster = ServerProcess.start(server);
        Cairn cairn = Cairn.connect(cluster.endpoints());
        JavaSparkContext spark = new JavaSparkContext(conf())) {
      List<Long> numbers = LongStream.rangeClosed(1, ITEMS).boxed().toList();
      JavaRDD<Long> items = spark.parallelize(numbers, PARTITIONS);
      PartitionSum partition = new PartitionSum(cluster.endpoints(), JOB, CHECKPOINT_ITEMS, 5);
      CompletableFuture<Long> sum =
          CompletableFuture.supplyAsync(() -> ResumedSum.of(items, partition));

      Task underWay =
          await()
              .atMost(PATIENCE)
              .until(() -> task(cairn, 1), found -> isMidway(found, sum))
              .orElseThrow();
      ProcessHandle executor = executor(underWay);
      assertThat(executor.destroyForcibly()).isTrue();
      await().atMost(PATIENCE).until(() -> !executor.isAlive());

      assertThat(sum.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(ITEMS * (ITEMS + 1) / 2);
      Task ended = task(cairn, 1).orElseThrow();
      assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
      assertThat(ended.attempt()).as("attempts of the killed executor's partition").isEqualTo(2);
      assertThat(ended.owner()).isNotEqualTo(underWay.owner());
      // Checkpoint 0 is the first state, and each further one has CHECKPOINT_ITEMS more.
      assertThat(from(cairn, 1, 1)).isZero();
      assertThat(from(cairn, 1, 2))
          .as("items that the second attempt found done")
          .isBetween(underWay.checkpointSeq() * CHECKPOINT_ITEMS, ITEMS / PARTITIONS - 1);
      assertThat(ResumedSum.of(items, partition))
          .as("run again")
          .isEqualTo(ITEMS * (ITEMS + 1) / 2);
    }
  }

  private static SparkConf conf() {
    return new SparkConf()
        .setMaster("local-cluster[2,1,1024]")
        .setAppName("resumed sum")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.executor.memory", "512m")
        .set("spark.ui.enabled", "false")
        .setJars(JARS.toArray(String[]::new));
  }

  private static boolean isMidway(Optional<Task> task, CompletableFuture<Long> sum) {
    if (sum.isDone()) {
      throw new AssertionError("ended too early with " + sum.join());
    }
    return task.filter(found -> found.checkpointSeq() >= 3 && found.owner().isPresent())
        .isPresent();
  }

  /** The executor that works on the task, which tells its process as the owner's name. */
  private static ProcessHandle executor(Task task) {
    long pid = Long.parseLong(task.owner().orElseThrow().replace("process ", ""));
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.pid() == pid)
        .findFirst()
        .orElseThrow();
  }

  private static long from(Cairn cairn, int partition, long attempt) {
    String key = PartitionSum.fromKey(PartitionSum.name(JOB, partition), attempt);
    return Long.parseLong(cairn.kv().get(key).orElseThrow().value().toUtf8());
  }

  private static Optional<Task> task(Cairn cairn, int partition) {
    return cairn.tasks().get(TaskName.of(PartitionSum.name(JOB, partition)));
  }
}
