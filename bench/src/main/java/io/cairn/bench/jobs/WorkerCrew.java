package io.cairn.bench.jobs;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.client.Cairn;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** Workers in this process, evenly over clients with a connection each. For one thread. */
final class WorkerCrew implements AutoCloseable {
  private static final int TELL_EVERY = 1_000;
  private static final int STARTERS_MAX = 32;

  private final List<Cairn> clients = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();

  private WorkerCrew() {}

  /** Starts workers as {@code setup} says; their ids and nodes are given here. */
  static WorkerCrew start(
      String endpoints,
      int clients,
      int workers,
      Function<Cairn, WorkerBuilder> setup,
      Consumer<String> progress) {
    WorkerCrew crew = new WorkerCrew();
    ExecutorService starters = Executors.newFixedThreadPool(Math.min(clients, STARTERS_MAX));
    try {
      for (int i = 0; i < clients; i++) {
        crew.clients.add(Cairn.connect(endpoints));
      }
      List<Future<Worker>> started = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        Cairn client = crew.clients.get(i % clients);
        String id = "bench-" + i;
        started.add(starters.submit(() -> start(setup.apply(client), id)));
      }
      for (Future<Worker> worker : started) {
        crew.workers.add(worker.get());
        if (crew.workers.size() % TELL_EVERY == 0) {
          progress.accept(
              "  %d of %d workers are registered".formatted(crew.workers.size(), workers));
        }
      }
      return crew;
    } catch (ExecutionException e) {
      crew.close();
      throw new BenchFailure("a worker could not be started: " + e.getCause(), e);
    } catch (InterruptedException e) {
      crew.close();
      throw new BenchFailure("interrupted", e);
    } finally {
      starters.shutdownNow();
    }
  }

  private static Worker start(WorkerBuilder worker, String id) {
    return worker.id(id).node("node-of-" + id).withoutShutdownHook().start();
  }

  /** How many have stopped by themselves. */
  long stopped() {
    return workers.stream().filter(worker -> !worker.isRunning()).count();
  }

  /** Ends the workers with their clients; the store is told nothing, as it goes, too. */
  @Override
  public void close() {
    clients.forEach(Cairn::close);
  }
}
