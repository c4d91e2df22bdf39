package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.CairnException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What holds for every command: help, exit codes, one line for an error. */
class CommandTreeTest {
  private static final String WRONG_USAGES =
      """
      nosuch
      kv
      kv nosuch
      kv get
      kv get a b
      kv get a --rev x
      kv get a --nosuch
      kv get a --hex
      kv get a --timeout 5
      kv get a --max-staleness soon
      kv get a --max-staleness 0
      kv get a -o yaml
      kv put a
      kv put zz 61 --hex
      kv put 6 61 --hex
      kv put 61 61 --hex --base64
      kv put a b --lease x
      kv del
      kv del a --from b
      kv del --prefix
      kv del a --all
      kv range --limit -1
      kv range --count --keys-only
      kv cas a b
      kv cas a b --absent --mod 3
      txn --if nonsense
      txn --if mod(a)=x
      txn --then jump
      txn
      watch
      lock
      lease grant
      lease grant soon
      lease ttl x
      task ls --state HAPPY
      task ls --limit 0
      task log t --limit 0
      task delete t
      member add x
      member add n=h:1/2
      member add n=h:99999/1/2
      member replace a
      compact
      compact x
      compact 0
      compact -1
      cluster start
      cluster stop
      cluster start --dir /tmp/x --nodes 2
      cluster start --dir /tmp/x --nodes many
      cluster start --dir /tmp/x --base-port 65530
      plan
      plan --p 0.9
      plan --p 1 --target 0.9
      plan --p 0.9 --target NaN
      plan --p x --target 0.9
      plan --p 0.000000000001 --target 0.9
      plan --p 0.9 --target 0.9 --attempt-cost 0
      plan --p 0.9 --target 0.9 --attempt-cost NaN
      plan --p 0.9 --target 0.9 --workers 0
      plan --p 0.9 --target 0.9 --spares 2
      plan --p 0.9 --target 0.9 --workers 2 --spares 0
      plan --p 0.9 --target 0.9 --availability 1
      ring
      ring show --workers 2 --handler h
      ring show --nodes a,b --workers 2
      ring show --nodes a,b,a
      ring show --nodes a,,b
      ring show --workers 0
      ring show --workers 2 --keys 0
      ring show --workers 2 --virtual-nodes 0
      ring show --workers 2 --load-percent 99
      ring show --workers 2 --without a
      ring show --workers 1 --without worker1
      server --nosuch 1
      """;

  private final StoreInMemory store = new StoreInMemory(100);

  private Ran run(String... arguments) {
    return Ran.with(store.client(), "", arguments);
  }

  /** All commands. */
  static List<CommandLine> all() {
    Output output = new Output(sink(), sink());
    CommandLine root =
        CommandTree.build(
            new CairnCli(
                new CairnCli.World(
                    output,
                    InputStream.nullInputStream(),
                    Map.of(),
                    builder -> StoreInMemory.failing(new IllegalStateException()))));
    List<CommandLine> found = new ArrayList<>();
    collect(root, found);
    return found;
  }

  @Test
  void aCommandIsTheSameWithoutTheOthersBesideIt() {
    for (CommandLine command : all().get(0).getSubcommands().values()) {
      String name = command.getCommandName();
      assertThat(run(name, "--help").out())
          .isEqualTo(run("--output", "text", name, "--help").out());
    }
  }

  private static PrintStream sink() {
    return new PrintStream(new ByteArrayOutputStream(), false, UTF_8);
  }

  private static void collect(CommandLine line, List<CommandLine> into) {
    into.add(line);
    line.getSubcommands().values().forEach(child -> collect(child, into));
  }

  @Test
  void helpOfEveryCommandHasDescriptionAndExample() {
    List<CommandLine> lines = all();
    assertThat(lines).hasSizeGreaterThan(40);
    for (CommandLine line : lines) {
      String name = line.getCommandSpec().qualifiedName();
      List<String> words = new ArrayList<>(List.of(name.split(" ", -1)));
      words.remove(0);
      words.add("--help");
      Ran help = run(words.toArray(String[]::new)).endedWith(Exit.DONE);
      assertThat(help.err()).as(name).isEmpty();
      assertThat(help.out())
          .as(name)
          .startsWith("Usage: " + name)
          .contains("Examples:")
          .containsPattern(name.equals("cairn completion") ? "cairn completion" : "  .*" + name);
      assertThat(line.getCommandSpec().usageMessage().description()).as(name).isNotEmpty();
      line.getCommandSpec()
          .options()
          .forEach(option -> assertThat(option.description()).as(option.toString()).isNotEmpty());
      line.getCommandSpec()
          .positionalParameters()
          .forEach(place -> assertThat(place.description()).as(name).isNotEmpty());
    }
  }

  @Test
  void rootHelpListsExitCodesAndGlobalOptions() {
    Ran help = run("--help").endedWith(Exit.DONE);
    for (Exit exit : Exit.values()) {
      assertThat(help.out()).contains(exit.code() + "   " + exit.meaning());
    }
    assertThat(help.out()).contains("--endpoints", "--dir", "--output", "--timeout", "--namespace");
  }

  @Test
  void helpOfTheDemoOffersNoOtherCluster() {
    assertThat(run("demo", "--help").endedWith(Exit.DONE).out())
        .contains("--seed")
        .doesNotContain("--endpoints", "--namespace");
  }

  @Test
  void globalOptionsMayStandBeforeAndBehindTheCommand() {
    assertThat(run("-o", "json", "version").endedWith(Exit.DONE).json().path("version").asText())
        .isNotEmpty();
    assertThat(run("version", "-o", "json").endedWith(Exit.DONE).json().path("java").asText())
        .isNotEmpty();
  }

  static Stream<String> wrongUsages() {
    return WRONG_USAGES.lines();
  }

  @ParameterizedTest
  @MethodSource("wrongUsages")
  void wrongUsageIsOneLineAndExitCodeTwo(String words) {
    run(words.split(" ", -1)).endedWith(Exit.USAGE).saidOneLine();
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyErrorCodeIsOneLineThatSaysWhetherItWasApplied(ErrorCode code) {
    CairnException failure =
        new CairnException(code, "first line\nCaused by: x\n\tat java.base/java.lang.Thread.run()");
    for (String words : List.of("kv put a b", "task show t", "status")) {
      Ran ran = Ran.with(StoreInMemory.failing(failure), "", words.split(" ", -1));
      assertThat(ran.code()).isEqualTo(Failures.exit(code).code()).isNotZero();
      ran.saidOneLine();
      assertThat(ran.err())
          .contains(code.name())
          .contains("first line")
          .contains(code.certainty() == Certainty.NOT_APPLIED ? "not applied" : "applied");
      if (code.certainty() == Certainty.OUTCOME_UNKNOWN) {
        assertThat(ran.err()).contains("may have been applied");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TASK_NOT_FOUND,3",
    "LEASE_NOT_FOUND,3",
    "MEMBER_NOT_FOUND,3",
    "FENCED,4",
    "WRONG_STATE,4",
    "LEASE_EXISTS,4",
    "UNAVAILABLE,5",
    "NO_LEADER,5",
    "OVERLOADED,5",
    "DEADLINE_EXCEEDED,5",
    "STALE_REPLICA,5",
    "INVALID_ARGUMENT,2",
    "TOO_LARGE,2",
    "COMPACTED,1",
    "CORRUPT,1",
    "INTERNAL,1"
  })
  void exitCodesOfRefusalsStay(ErrorCode code, int exit) {
    assertThat(Failures.exit(code).code()).isEqualTo(exit);
  }

  @Test
  void aBugIsOneLineToo() {
    Ran ran =
        Ran.with(StoreInMemory.failing(new IllegalStateException("odd")), "", "kv", "get", "a");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains("odd").doesNotContain("\tat ");
  }

  @Test
  void lackOfMemoryIsOneLineToo() {
    Ran ran = Ran.with(StoreInMemory.failing(new OutOfMemoryError("heap")), "", "kv", "get", "a");
    assertThat(ran.endedWith(Exit.FAILED).saidOneLine().err()).contains("out of memory: heap");
  }

  @Test
  void programsOfTheLauncherAreInHelpAndCompletion() {
    assertThat(run("--help").endedWith(Exit.DONE).out())
        .containsPattern("\\n  bench +Measures")
        .containsPattern("\\n  chaos +Runs");
    assertThat(run("completion").out()).contains("bench", "chaos");
    assertThat(run("bench", "put", "--repeats", "3").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("./cairn");
  }

  @Test
  void argumentsThatAreNoTextAreRefusedBeforeAnythingIsDone() {
    assertThat(run("kv", "put", "a\uFFFD", "1").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("argument 3", "UTF-8", "--hex");
    assertThat(run("kv", "range", "--count").out()).isEqualTo("0\n");
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    assertThat(run("kv", "put", "a", "@/no/such/file").endedWith(Exit.FAILED).saidOneLine().err())
        .contains("/no/such/file");
    assertThat(
            run("cluster", "status", "--dir", "/no/such/dir")
                .endedWith(Exit.NOT_FOUND)
                .saidOneLine()
                .err())
        .contains("/no/such/dir");
  }

  @Test
  void completionCompletesEveryCommand() {
    assertThat(run("completion").endedWith(Exit.DONE).out())
        .startsWith("#!/usr/bin/env bash")
        .contains("keep-alive", "--max-staleness", "--initial-cluster-state");
  }

  @Test
  void launcherGivesServersTheFlagsThatAClusterGivesThem() throws java.io.IOException {
    Path script = Path.of("").toAbsolutePath();
    while (!Files.exists(script.resolve("cairn")) || !Files.exists(script.resolve(".mvn"))) {
      script = script.getParent();
      assertThat(script).as("root of the sources").isNotNull();
    }
    String launcher = Files.readString(script.resolve("cairn"));
    ServerProcess.FLAGS.stream()
        .filter(flag -> !flag.startsWith("-Xmx"))
        .forEach(flag -> assertThat(launcher).contains(flag));
    assertThat(launcher).contains(CairnCli.class.getName());
  }
}
