package io.cairn.server;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.LogSetup;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/**
 * Runs a server as the whole process: reads settings, starts, stops on SIGTERM. Returns the exit
 * code: 0 stopped as asked, 1 could not start, 2 wrong settings, 65 stored bytes are damaged.
 */
public final class ServerMain {
  private final GroupFactory factory;
  private final PrintWriter errors;

  /**
   * A main.
   *
   * @param factory opens the group
   * @param errors where a refusal is told to people
   */
  public ServerMain(GroupFactory factory, PrintWriter errors) {
    this.factory = factory;
    this.errors = errors;
  }

  /** Serves until the process is asked to end. */
  public int run(List<String> flags, Map<String, String> environment) {
    LogSetup.silenceShims();
    boundHttp();
    EventLog log = new EventLog();
    CairnServer server;
    try {
      ServerConfig config = ServerConfig.load(flags, environment);
      LogSetup.apply(config.text(Setting.LOG_FORMAT), config.text(Setting.LOG_LEVEL));
      log.log(
          LogEvent.STARTING,
          "cluster",
          config.cluster(),
          "node",
          config.node(),
          "dataDir",
          config.dataDir().toAbsolutePath(),
          "pid",
          ProcessHandle.current().pid());
      server = new CairnServer(config, factory);
    } catch (StartRefusedException e) {
      return refuse(log, e);
    }
    // Before the start: a node that waits to be added has to stop when asked, too.
    Thread onSignal = new Thread(() -> stopProcess(server), "cairn-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      server.start();
      server.awaitClosed();
      return 0;
    } catch (StartRefusedException e) {
      server.close();
      return refuse(log, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } finally {
      try {
        server.close();
      } finally {
        unhook(onSignal); // or a start for which memory was not enough would end with 0
      }
    }
  }

  /** Ends the process with 0: it was asked to, and did. */
  private static void stopProcess(CairnServer server) {
    server.close();
    Runtime.getRuntime().halt(0);
  }

  private static void unhook(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs.
      new EventLog().log(LogEvent.STOPPING, "by", "signal");
    }
  }

  private int refuse(EventLog log, StartRefusedException e) {
    log.log(LogEvent.REFUSED_START, "reason", String.valueOf(e.getMessage()));
    errors.println("cairn server: " + e.getMessage());
    errors.flush();
    return e.exitCode();
  }

  /** Limits of the JDK's HTTP server that it offers only as properties. */
  private static void boundHttp() {
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.setProperty("sun.net.httpserver.maxReqHeaders", "64");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "16");
    System.setProperty("jdk.httpserver.maxConnections", "128");
  }
}
