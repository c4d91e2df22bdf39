package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Cairn;
import io.cairn.client.TaskName;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.StoppedException;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerBuilder;
import io.cairn.client.job.WorkerFencedException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handlers out of a jar, and the worker that runs them. */
class WorkerRunTest {
  @TempDir private static Path temp;
  private static Path two = Path.of("");
  private static Path one = Path.of("");
  private static Path none = Path.of("");

  private final List<String> settings = new ArrayList<>();
  private final Map<String, JobHandler> handlers = new LinkedHashMap<>();
  private boolean isStopping;
  private boolean isOwned = true;
  private Optional<WorkerFencedException> failure = Optional.empty();

  @BeforeAll
  static void jars() throws IOException {
    String good =
        "package user; public class %s implements io.cairn.client.job.JobHandler {"
            + " public Object run(io.cairn.client.job.JobContext c) {"
            + " return Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()"
            + " ? \"%s\" : \"wrong loader\"; } }";
    Map<String, String> sources = new LinkedHashMap<>();
    sources.put("user.Pricing", good.formatted("Pricing", "priced"));
    sources.put("user.SummingHandler", good.formatted("SummingHandler", "summed"));
    sources.put("user.Other", "package user; public class Other {}");
    String handler = " implements io.cairn.client.job.JobHandler {";
    String run = " public Object run(io.cairn.client.job.JobContext c) { return null; } }";
    sources.put("user.Hidden", "package user; class Hidden" + handler + run);
    sources.put("user.Vague", "package user; public abstract class Vague" + handler + run);
    sources.put(
        "user.Needy",
        "package user; public class Needy" + handler + " public Needy(int i) {}" + run);
    sources.put(
        "user.Angry",
        "package user; public class Angry"
            + handler
            + " public Angry() { throw new IllegalStateException(\"no mood\"); }"
            + run);
    two = MadeJar.of(temp, sources, List.of("user.Pricing", "user.SummingHandler"));
    one = MadeJar.of(temp, sources, List.of("user.Pricing"));
    none = MadeJar.of(temp, sources, List.of());
  }

  private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            WorkerRunTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private JobContext context() {
    return proxy(
        JobContext.class,
        (self, method, given) ->
            switch (method.getName()) {
              case "taskName" -> TaskName.of("nightly/price/3");
              case "attempt" -> 2L;
              case "epoch" -> 17L;
              case "isStopping" -> isStopping;
              case "isOwned" -> isOwned;
              default -> throw new UnsupportedOperationException(method.getName());
            });
  }

  /** A worker that runs each handler once, and then has ended by itself. */
  private Cairn client() {
    Worker worker =
        proxy(
            Worker.class,
            (self, method, given) ->
                switch (method.getName()) {
                  case "id" -> "w1";
                  case "node" -> "host7";
                  case "epoch" -> 4L;
                  case "isRunning" -> false;
                  case "failure" -> failure;
                  case "close" -> null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
    WorkerBuilder builder =
        proxy(
            WorkerBuilder.class,
            (self, method, given) -> {
              if (method.getName().equals("start")) {
                for (JobHandler handler : handlers.values()) {
                  settings.add("result " + handler.run(context()));
                }
                return worker;
              }
              if (method.getName().equals("handle")) {
                handlers.put((String) given[0], (JobHandler) given[1]);
              } else {
                settings.add(method.getName() + (given == null ? "" : " " + given[0]));
              }
              return self;
            });
    return proxy(
        Cairn.class, (self, method, given) -> method.getName().equals("worker") ? builder : null);
  }

  private Ran run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("worker", "run"));
    words.addAll(List.of(arguments));
    return Ran.with(client(), "", words.toArray(String[]::new));
  }

  @Test
  void attemptsAreToldFromBeginToEnd() {
    Ran ran =
        run("--jar", two.toString(), "--handler", "pricing", "--handler", "s=user.SummingHandler");
    assertThat(ran.endedWith(Exit.DONE).out().replaceAll(" in \\d\\S*", " in TIME"))
        .isEqualTo(
            """
            begin nightly/price/3 attempt 2 epoch 17
            returned nightly/price/3 attempt 2 epoch 17 in TIME
            begin nightly/price/3 attempt 2 epoch 17
            returned nightly/price/3 attempt 2 epoch 17 in TIME
            started worker w1 on host7, epoch 4
            stopping worker w1 on host7, epoch 4
            left worker w1 on host7, epoch 4
            """);
    assertThat(handlers).containsOnlyKeys("pricing", "s");
    assertThat(settings).contains("result priced", "result summed").doesNotContain("spare");
  }

  @Test
  void settingsReachTheWorker() {
    run(
            "--jar",
            one.toString(),
            "--handler",
            "anything",
            "--concurrency",
            "3",
            "--id",
            "w9",
            "--node",
            "n",
            "--spare",
            "--ttl",
            "4s",
            "--grace",
            "1m",
            "-o",
            "json")
        .endedWith(Exit.DONE);
    assertThat(settings)
        .contains(
            "leaseTtl PT4S",
            "grace PT1M",
            "withoutShutdownHook",
            "concurrency 3",
            "id w9",
            "node n",
            "spare",
            "result priced");
  }

  @Test
  void fencedWorkerEndsWithFour() {
    failure = Optional.of(new WorkerFencedException("w1", 4));
    assertThat(run("--jar", one.toString(), "--handler", "h").endedWith(Exit.CONDITION).err())
        .contains("its id was taken", "FENCED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x=user.Nix | has no class user.Nix",
        "x=user.Other | class user.Other is no io.cairn.client.job.JobHandler",
        "x=user.Hidden | class user.Hidden must be public and not abstract",
        "x=user.Vague | class user.Vague must be public and not abstract",
        "x=user.Needy | class user.Needy has no public constructor without parameters",
        "x=user.Angry | the constructor of user.Angry has thrown java.lang.IllegalStateException: no mood",
        "nix | declares user.Pricing, user.SummingHandler, none called like it; say --handler nix=CLASS",
        "=user.Pricing | is not NAME or NAME=CLASS",
        "x= | is not NAME or NAME=CLASS",
      })
  void handlersThatCannotBeUsedEndWithTwo(String handler, String told) {
    Ran ran = run("--jar", two.toString(), "--handler", handler).endedWith(Exit.USAGE);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).startsWith("cairn: ").contains(told).doesNotContain("\tat ");
    assertThat(settings).isEmpty();
  }

  @Test
  void comparatorIsNamedWithItsClassAndIsOne() {
    assertThat(run("--jar", temp.toString()).endedWith(Exit.USAGE).saidOneLine().err())
        .contains("--handler NAME=CLASS, or --comparator");
    for (String wrong : List.of("c", "c=", "=user.X")) {
      assertThat(run("--jar", temp.toString(), "--comparator", wrong).endedWith(Exit.USAGE).err())
          .contains("'" + wrong + "' is not NAME=CLASS");
    }
    assertThat(
            run("--jar", temp.toString(), "--comparator", "c=java.lang.String")
                .endedWith(Exit.USAGE)
                .err())
        .contains("class java.lang.String is no io.cairn.client.job.ResultComparator");
  }

  @Test
  void jarsThatCannotBeUsedAreNamed() throws IOException {
    assertThat(run("--jar", none.toString(), "--handler", "h").endedWith(Exit.USAGE).err())
        .contains("which class is 'h'?", "declares no handler in META-INF/services");
    assertThat(
            run("--jar", "/no/such.jar", "--handler", "h")
                .endedWith(Exit.USAGE)
                .saidOneLine()
                .err())
        .contains("/no/such.jar: no such file or folder");
    Path broken = Files.writeString(temp.resolve("broken.jar"), "no jar");
    assertThat(run("--jar", broken.toString(), "--handler", "h=user.X").endedWith(Exit.USAGE).err())
        .contains("broken.jar is no jar");
    run("--jar", one.toString()).endedWith(Exit.USAGE).saidOneLine();
    run("--handler", "h").endedWith(Exit.USAGE).saidOneLine();
    run("--jar", one.toString(), "--handler", "h", "--handler", "h").endedWith(Exit.USAGE);
    run("--jar", one.toString(), "--handler", "h", "--concurrency", "0").endedWith(Exit.USAGE);
  }

  @Test
  void timeToLiveOutOfBoundsIsNamedWithItsUnit() {
    Ran ran = run("--jar", one.toString(), "--handler", "h", "--ttl", "0").endedWith(Exit.USAGE);
    assertThat(ran.saidOneLine().err()).contains("--ttl is 0ms, allowed are 500ms to 9000000s");
    assertThat(settings).isEmpty();
  }

  @Test
  void helpNamesTheEndsOfAttemptsAsTheyAreTold() {
    assertThat(run("--help").endedWith(Exit.DONE).out().replaceAll("\\s+", " "))
        .contains("begin, returned, stopped, lost, failed");
  }

  private List<String> told(JobHandler handler) {
    List<String> told = new ArrayList<>();
    TellingHandler telling =
        new TellingHandler(
            handler, getClass().getClassLoader(), one -> told.add(one.line()), () -> 0);
    try {
      telling.run(context());
    } catch (Exception | AssertionError e) {
      told.add(e.getClass().getSimpleName());
    }
    return told;
  }

  @Test
  void endsOfAttemptsAreToldApart() {
    String attempt = " nightly/price/3 attempt 2 epoch 17 in 0ms";
    assertThat(
            told(
                context -> {
                  throw new IOException("disk\nfull");
                }))
        .contains("failed" + attempt + ": java.io.IOException: disk", "IOException");
    assertThat(
            told(
                context -> {
                  throw new AssertionError("odd");
                }))
        .contains("failed" + attempt + ": java.lang.AssertionError: odd", "AssertionError");
    isStopping = true;
    assertThat(told(context -> "half")).contains("stopped" + attempt);
    assertThat(
            told(
                context -> {
                  throw new StoppedException();
                }))
        .contains("stopped" + attempt, "StoppedException");
    isOwned = false;
    assertThat(
            told(
                context -> {
                  throw new InterruptedException();
                }))
        .contains("lost" + attempt + ": java.lang.InterruptedException");
  }

  @Test
  void classesOfTheJarComeBeforeThoseOfTheCommandLine() throws Exception {
    String mine = "package org.yaml.snakeyaml; public class Yaml {}";
    Path jar = MadeJar.of(temp, Map.of("org.yaml.snakeyaml.Yaml", mine), List.of());
    try (HandlerJar opened = HandlerJar.open(List.of(jar))) {
      ClassLoader loader = opened.loader();
      assertThat(loader.loadClass("org.yaml.snakeyaml.Yaml").getClassLoader()).isSameAs(loader);
      assertThat(loader.loadClass("org.yaml.snakeyaml.LoaderOptions").getClassLoader())
          .isNotSameAs(loader);
      assertThat(loader.loadClass(JobHandler.class.getName())).isSameAs(JobHandler.class);
      assertThatThrownBy(() -> loader.loadClass("io.cairn.client.shaded.X"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }
}
