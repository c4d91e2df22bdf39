package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Cairn;
import io.cairn.client.CairnBuilder;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code cairn}: global options, and what commands need of the world around them. */
@Command(
    name = "cairn",
    description = {
      "Keeps the state of batch jobs in a small cluster, so that a job goes on from its last"
          + " acknowledged point after any crash, with exactly one owner. Beneath is a linearizable"
          + " key-value store."
    },
    footer = {
      "  cairn cluster start --nodes 3 --dir /tmp/c     three servers on this machine",
      "  cairn kv put greeting hello",
      "  cairn kv get greeting -o json",
      "  cairn job submit nightly.yaml",
      "  cairn worker run --jar pricing.jar --handler pricing=com.example.Pricing",
      "  cairn top",
    })
public final class CairnCli {
  /** Where a command under {@code cairn lock} finds the lock's key. */
  static final String LOCK_KEY_VARIABLE = "CAIRN_LOCK_KEY";

  /** Where a command under {@code cairn lock} finds the fencing token. */
  static final String LOCK_TOKEN_VARIABLE = "CAIRN_LOCK_TOKEN";

  /** What Java makes of bytes in an argument that are no UTF-8. */
  private static final char NOT_TEXT = '\uFFFD';

  private static final String ENDPOINTS_VARIABLE = "CAIRN_ENDPOINTS";
  private static final String ENDPOINTS_DEFAULT = "127.0.0.1:7420";

  private final World world;

  @Option(
      names = "--endpoints",
      scope = ScopeType.INHERIT,
      paramLabel = "H:P,...",
      description =
          "Members of the cluster; one is enough. Else those of --dir, else of CAIRN_ENDPOINTS,"
              + " else 127.0.0.1:7420.")
  private String endpoints = "";

  @Option(
      names = "--dir",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "Folder of a cluster on this machine (cairn cluster start).")
  private Optional<Path> dir = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      paramLabel = "text|json",
      description = "Form of results. json: one object per result, stable names.")
  private Output.Form form = Output.Form.TEXT;

  @Option(
      names = "--timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "TIME",
      description = "How long a request is tried: 500ms, 5s, 2m. Default: 5s.")
  private Duration timeout = Duration.ofSeconds(5);

  @Option(
      names = "--namespace",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Namespace of tasks. Default: default.")
  private String namespace = "default";

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Say also the causes of an error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  /**
   * What is around the commands.
   *
   * @param connector makes a client
   */
  record World(
      Output output,
      InputStream input,
      Map<String, String> environment,
      Function<CairnBuilder, Cairn> connector) {}

  /** A command line in this world. */
  CairnCli(World world) {
    this.world = world;
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Optional<String> command =
        Arrays.stream(arguments).filter(argument -> !argument.startsWith("-")).findFirst();
    if (!command.equals(Optional.of("server"))) {
      silenceLibraries();
    }
    Output output =
        new Output(
            new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false, UTF_8),
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
    World world = new World(output, System.in, System.getenv(), CairnBuilder::build);
    System.exit(run(world, arguments));
  }

  /** Runs one command; returns its exit code. Nothing is thrown. */
  static int run(World world, String... arguments) {
    CommandLine line = CommandTree.build(new CairnCli(world), arguments);
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].indexOf(NOT_TEXT) >= 0) {
        // Two different keys would become one.
        world
            .output()
            .remark(
                "cairn: argument %d, '%s', is not UTF-8; give keys and values as --hex or --base64; nothing was done"
                    .formatted(i + 1, arguments[i]));
        return Exit.USAGE.code();
      }
    }
    try {
      return line.execute(arguments);
    } catch (Error e) { // such as no memory: the process ends, in one line all the same
      Failures.Told told = Failures.tell(e);
      world.output().remark("cairn: " + told.line());
      return told.exit().code();
    } finally {
      // A reader that has gone away (cairn ... | head) is no failure of ours.
      world.output().flush();
    }
  }

  /** Libraries log nothing: what a person must know is in the error line. */
  private static void silenceLibraries() {
    System.setProperty("sofa.middleware.log.disable", "true");
    System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    LogManager.getLogManager().reset();
    System.setErr(new WithoutShim(System.err));
  }

  /** Standard error without the line by which a library says that it logs nothing. */
  private static final class WithoutShim extends PrintStream {
    WithoutShim(PrintStream errors) {
      super(errors, true, UTF_8);
    }

    @Override
    public void println(@Nullable String line) {
      if (line == null || !line.startsWith("Sofa-Middleware-Log")) {
        super.println(line);
      }
    }
  }

  /** A client as the global options say. Close it. */
  Cairn connect() {
    return connect(builder -> builder);
  }

  /** The same, with further settings. */
  Cairn connect(Function<CairnBuilder, CairnBuilder> further) {
    CairnBuilder builder =
        Cairn.builder()
            .endpoints(endpoints())
            .clientName("cairn-cli-" + ProcessHandle.current().pid())
            .namespace(namespace)
            .requestTimeout(timeout);
    return world.connector().apply(further.apply(builder));
  }

  /** The members to start from. */
  String endpoints() {
    if (!endpoints.isEmpty()) {
      return endpoints;
    }
    if (dir.isPresent()) {
      return LocalCluster.open(dir.get()).endpoints();
    }
    String variable = world.environment().getOrDefault(ENDPOINTS_VARIABLE, "");
    return variable.isBlank() ? ENDPOINTS_DEFAULT : variable;
  }

  /** The folder of {@code --dir}. */
  Optional<Path> dir() {
    return dir;
  }

  /** The namespace of tasks. */
  String namespace() {
    return namespace;
  }

  /** How long a request is tried. */
  Duration timeout() {
    return timeout;
  }

  /** True if causes of errors are wanted. */
  boolean isVerbose() {
    return verbose;
  }

  /** Where results go, in the form that was asked for. */
  Output output() {
    world.output().form(form);
    return world.output();
  }

  /** What is around the commands. */
  World world() {
    return world;
  }
}
