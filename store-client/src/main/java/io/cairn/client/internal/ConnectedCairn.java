package io.cairn.client.internal;

import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import io.cairn.client.Kv;
import io.cairn.client.Leases;
import io.cairn.client.Locks;
import io.cairn.client.TaskBuilder;
import io.cairn.client.Tasks;
import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.job.Jobs;
import io.cairn.client.job.WorkerBuilder;
import io.cairn.client.job.Workers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client: wires transport, session and leases to the calls on top of them. */
public final class ConnectedCairn implements Cairn {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectedCairn.class);
  private static final long FAREWELL_MILLIS = 500;

  private final Loop loop;
  private final Callbacks callbacks;
  private final Requests requests;
  private final Client client;
  private final BlockingKv kv;
  private final LockCalls locks;
  private final AdminCalls admin;
  private final WorkerCalls workers;
  private final JobCalls jobs;
  private final WorkerParts workerParts;

  /** A client with these settings, not connected yet. */
  public ConnectedCairn(Settings settings) {
    this(settings, Channels.plain(), NanoClock.SYSTEM);
  }

  ConnectedCairn(Settings settings, Channels channels, NanoClock clock) {
    String name = settings.clientName();
    this.loop = new Loop("cairn-" + name);
    this.callbacks = new Callbacks("cairn-callbacks-" + name);
    ThreadLocalRandom random = ThreadLocalRandom.current();
    LinkContext context =
        new LinkContext(
            settings,
            loop,
            clock,
            channels,
            new LeaderRouter(
                settings.endpoints(), random.nextInt(settings.endpoints().size()), clock),
            new Backoff(
                settings.backoffFirst(),
                settings.backoffLongest(),
                () -> ThreadLocalRandom.current().nextDouble()),
            new AtomicLong());
    Heartbeat heartbeat = new Heartbeat(settings);
    this.requests = new Requests(context, heartbeat::told);
    heartbeat.sendThrough(requests);
    LeaseCalls leases = new LeaseCalls(requests, heartbeat, callbacks);
    this.client = new Client(requests, leases, new TaskCalls(requests), callbacks);
    this.kv = new BlockingKv(requests, callbacks);
    this.locks = new LockCalls(requests, leases, kv);
    this.admin = new AdminCalls(requests);
    this.workers = new WorkerCalls(requests);
    this.jobs = new JobCalls(requests, workers);
    this.workerParts = new WorkerParts(client, jobs, ConcurrentHashMap.newKeySet());
  }

  Client client() {
    return client;
  }

  @Override
  public Kv kv() {
    return kv;
  }

  @Override
  public <T> TaskBuilder<T> task(String name, Class<T> state) {
    return task(name, Codecs.hessian(state));
  }

  @Override
  public <T> TaskBuilder<T> task(String name, Codec<T> codec) {
    return new Acquiring<>(client, name, codec);
  }

  @Override
  public Tasks tasks() {
    return client.tasks();
  }

  @Override
  public Jobs jobs() {
    return jobs;
  }

  @Override
  public WorkerBuilder worker() {
    return new WorkerStart(workerParts);
  }

  @Override
  public Workers workers() {
    return workers;
  }

  @Override
  public Locks locks() {
    return locks;
  }

  @Override
  public Leases leases() {
    return client.leases();
  }

  @Override
  public Admin admin() {
    return admin;
  }

  @Override
  public void close() {
    workerParts.running().forEach(RunningWorker::abandon);
    CompletableFuture<Void> farewell =
        requests.isClosed() ? CompletableFuture.completedFuture(null) : requests.farewell();
    if (!loop.isCurrent()) {
      await(farewell);
    }
    if (requests.shut()) {
      loop.execute(requests::close);
      loop.close();
      callbacks.close();
    }
  }

  private static void await(CompletableFuture<Void> farewell) {
    try {
      farewell.get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The session and the leases expire by themselves.
      LOG.debug("no answer to the farewell", e);
    }
  }
}
