package io.cairn.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.bench.nodes.BenchFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/**
 * ZooKeeper through its own client. A key is a node; a linearizable read is a {@code sync} and a
 * read. A task's owner is a node; a checkpoint is a {@code multi} that asks whether that node is as
 * we wrote it, and writes the state.
 */
final class ZooKeeperClient implements StoreClient {
  private static final String KEYS = "/bench";
  private static final String TASKS = "/tasks";
  private static final String LOG = "/log";
  private static final List<ACL> ANYBODY =
      List.of(new ACL(ZooDefs.Perms.ALL, new Id("world", "anyone")));
  private static final int SESSION_MILLIS = 30_000;
  private static final long PATIENCE_SECONDS = 30;

  private final ZooKeeper client;
  private final List<Integer> owned = new ArrayList<>();

  ZooKeeperClient(String addresses) {
    CompletableFuture<Boolean> connected = new CompletableFuture<>();
    try {
      this.client =
          new ZooKeeper(
              addresses,
              SESSION_MILLIS,
              event -> {
                if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                  connected.complete(true);
                }
              });
    } catch (IOException e) {
      throw new BenchFailure("cannot connect to ZooKeeper: " + e.getMessage(), e);
    }
    await(connected);
    for (String path : List.of(KEYS, TASKS, LOG)) {
      await(created(path, new byte[0]));
    }
  }

  @Override
  public void ownTasks(int tasks) {
    for (int i = 0; i < tasks; i++) {
      await(created(TASKS + "/" + i, new byte[0]));
      await(created(owner(i), new byte[0]));
      await(created(state(i), new byte[0]));
      owned.add(await(written(owner(i), "bench".getBytes(UTF_8))));
    }
  }

  @Override
  public CompletableFuture<?> put(String key, byte[] value) {
    return written(path(key), value);
  }

  @Override
  public CompletableFuture<?> get(String key, boolean isLinearizable) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    String path = path(key);
    if (isLinearizable) {
      // Both go the same way, one behind the other.
      client.sync(
          path,
          (code, where, context) -> {
            if (code != KeeperException.Code.OK.intValue()) {
              read.completeExceptionally(failure(code, where));
            }
          },
          null);
    }
    client.getData(
        path, false, (code, where, context, data, stat) -> finish(read, code, where, data), null);
    return read;
  }

  @Override
  public CompletableFuture<?> checkpoint(int task, byte[] state) {
    CompletableFuture<Integer> saved = new CompletableFuture<>();
    client.multi(
        List.of(Op.check(owner(task), owned.get(task)), Op.setData(state(task), state, -1)),
        (code, path, context, results) -> finish(saved, code, state(task), code),
        null);
    return saved;
  }

  @Override
  public CompletableFuture<?> append(byte[] record) {
    CompletableFuture<String> appended = new CompletableFuture<>();
    client.create(
        LOG + "/",
        record,
        ANYBODY,
        CreateMode.PERSISTENT_SEQUENTIAL,
        (code, path, context, name) -> finish(appended, code, path, name),
        null);
    return appended;
  }

  @Override
  public CompletableFuture<?> grantAndRevoke() {
    throw new UnsupportedOperationException("ZooKeeper has sessions, no leases");
  }

  @Override
  public void watch(String prefix, Consumer<String> changedKey) {
    CompletableFuture<Integer> started = new CompletableFuture<>();
    client.addWatch(
        KEYS,
        event -> {
          String path = event.getPath();
          if (path != null && path.startsWith(path(prefix))) {
            changedKey.accept(key(path));
          }
        },
        AddWatchMode.PERSISTENT_RECURSIVE,
        (code, path, context) -> finish(started, code, path, code),
        null);
    await(started);
  }

  /** It keeps no history. */
  @Override
  public void compact() {}

  @Override
  public void close() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String path(String key) {
    return KEYS + "/" + key.replace('/', '.');
  }

  private static String key(String path) {
    return path.substring(KEYS.length() + 1).replace('.', '/');
  }

  private static String owner(int task) {
    return TASKS + "/" + task + "/owner";
  }

  private static String state(int task) {
    return TASKS + "/" + task + "/state";
  }

  /** Writes a node, making it if it is not there. The version, when it is done. */
  private CompletableFuture<Integer> written(String path, byte[] value) {
    CompletableFuture<Integer> version = new CompletableFuture<>();
    client.setData(
        path,
        value,
        -1,
        (code, where, context, stat) -> {
          if (code == KeeperException.Code.NONODE.intValue()) {
            var unused =
                created(path, value)
                    .whenComplete(
                        (made, failure) -> {
                          if (failure == null) {
                            version.complete(0);
                          } else {
                            version.completeExceptionally(failure);
                          }
                        });
          } else {
            finish(version, code, where, stat == null ? 0 : stat.getVersion());
          }
        },
        null);
    return version;
  }

  private CompletableFuture<Integer> created(String path, byte[] value) {
    CompletableFuture<Integer> made = new CompletableFuture<>();
    client.create(
        path,
        value,
        ANYBODY,
        CreateMode.PERSISTENT,
        (code, where, context, name) -> {
          boolean isThere = code == KeeperException.Code.NODEEXISTS.intValue();
          finish(made, isThere ? KeeperException.Code.OK.intValue() : code, where, 0);
        },
        null);
    return made;
  }

  private static <T> void finish(CompletableFuture<T> answer, int code, String path, T value) {
    if (code == KeeperException.Code.OK.intValue()) {
      answer.complete(value);
    } else {
      answer.completeExceptionally(failure(code, path));
    }
  }

  private static KeeperException failure(int code, String path) {
    return KeeperException.create(KeeperException.Code.get(code), path);
  }

  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchFailure("ZooKeeper does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }
}
