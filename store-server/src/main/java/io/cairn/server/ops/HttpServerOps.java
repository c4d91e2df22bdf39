package io.cairn.server.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cairn.protocol.v1.StatusResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The HTTP plane: health, readiness, metrics, status as JSON. Read-only; two threads. */
public final class HttpServerOps implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int THREADS = 2;
  private static final int QUEUED_MAX = 64;

  private final InetSocketAddress address;
  private final Supplier<StatusResponse> status;
  private final Readiness readiness;
  private final ServerMetrics metrics;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUED_MAX),
          task -> {
            Thread thread = new Thread(task, "cairn-http");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Optional<HttpServer> server = Optional.empty();

  /** A page of the plane. */
  private record Page(int code, String type, String body) {}

  /** Wires the plane; nothing listens yet. */
  public HttpServerOps(
      InetSocketAddress address,
      Supplier<StatusResponse> status,
      Readiness readiness,
      ServerMetrics metrics) {
    this.address = address;
    this.status = status;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  /**
   * Opens the port.
   *
   * @throws IOException with the reason when it cannot be had
   */
  public void start() throws IOException {
    HttpServer http = HttpServer.create(address, BACKLOG);
    http.setExecutor(threads);
    http.createContext("/health", exchange -> serve(exchange, "/health", this::health));
    http.createContext("/ready", exchange -> serve(exchange, "/ready", this::ready));
    http.createContext("/metrics", exchange -> serve(exchange, "/metrics", this::scrape));
    http.createContext("/v1/status", exchange -> serve(exchange, "/v1/status", this::json));
    http.createContext("/", exchange -> serve(exchange, "", this::unknown));
    http.start();
    server = Optional.of(http);
  }

  /** The port it listens on; 0 before the start. */
  public int port() {
    return server.map(http -> http.getAddress().getPort()).orElse(0);
  }

  @Override
  public void close() {
    server.ifPresent(http -> http.stop(0));
    threads.shutdownNow();
  }

  private Page health() {
    return new Page(200, "text/plain", "up\n");
  }

  private Page ready() {
    return readiness
        .obstacle()
        .map(reason -> new Page(503, "text/plain", "not ready: " + reason + "\n"))
        .orElseGet(() -> new Page(200, "text/plain", "ready\n"));
  }

  private Page scrape() {
    return new Page(200, "text/plain; version=0.0.4", metrics.scrape());
  }

  private Page json() {
    StringBuilder text = new StringBuilder();
    StatusJson.write(text, status.get());
    return new Page(200, "application/json", text.append('\n').toString());
  }

  private Page unknown() {
    return new Page(404, "text/plain", "there are /health, /ready, /metrics, /v1/status\n");
  }

  private static void serve(HttpExchange exchange, String path, Supplier<Page> pages)
      throws IOException {
    try (exchange) {
      Page page;
      if (!exchange.getRequestMethod().equals("GET")
          && !exchange.getRequestMethod().equals("HEAD")) {
        page = new Page(405, "text/plain", "only GET\n");
      } else if (!path.isEmpty() && !exchange.getRequestURI().getPath().equals(path)) {
        page = new Page(404, "text/plain", "no such page\n");
      } else {
        page = pages.get();
      }
      byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", page.type() + "; charset=utf-8");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(page.code(), head ? -1 : body.length);
      if (!head) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    }
  }
}
