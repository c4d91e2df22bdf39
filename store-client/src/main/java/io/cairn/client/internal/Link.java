package io.cairn.client.internal;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Hello;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.TaskEvent;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to where it belongs, kept up while there is something to do: sends calls in frames,
 * sends again what was not answered, follows the leader. Belongs to the loop.
 */
final class Link implements Connection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final int FRAME_REQUESTS_MAX = 256;
  private static final int FRAME_BYTES = 512 * 1024;
  private static final int IN_FLIGHT_DEFAULT = 1_024;
  private static final long TICK_NANOS = 20_000_000L;
  private static final int PARKINGS_MAX = 3;

  private final LinkContext context;
  private final LinkRole role;
  private final Consumer<TaskEvent> taskEvents;
  private final BiPredicate<Call, Answer> interceptor;
  private final CallQueue calls = new CallQueue();
  private final Subscriptions subscriptions = new Subscriptions(this::sendOne, this::stateLater);
  private final Patience patience;

  private LinkState state = LinkState.IDLE;
  private Optional<Connection> connection = Optional.empty();
  private String node = "";
  private int inFlightMax = IN_FLIGHT_DEFAULT;
  private long lastWireId;
  private boolean misplaced;
  private boolean leaving;
  private int parkings;
  private boolean ticking;
  private boolean closed;
  private int connectionsLost;

  Link(
      LinkContext context,
      LinkRole role,
      BiPredicate<Call, Answer> interceptor,
      Consumer<TaskEvent> taskEvents) {
    this.context = context;
    this.role = role;
    this.interceptor = interceptor;
    this.taskEvents = taskEvents;
    this.patience = new Patience(context.clock(), context.backoff());
    context.loop().afterwards(this::flush);
  }

  /** Sends the call, and goes on until it is over. */
  void enqueue(Call call) {
    calls.add(call);
    wake();
  }

  /** Ends the call at its deadline, though it cannot be sent yet. */
  void hold(Call call) {
    calls.hold(call);
    wake();
  }

  /** States the wish now and on each connection to come. */
  void subscribe(Subscription subscription) {
    subscriptions.add(subscription);
    if (state == LinkState.SERVING) {
      subscriptions.state(subscription);
    }
    wake();
  }

  /** States the wish again, because it has changed. */
  void restate(Subscription subscription) {
    if (subscriptions.contains(subscription) && state == LinkState.SERVING) {
      subscriptions.state(subscription);
    }
  }

  /** How often a connection that served ended without being asked to. Grows only. */
  int connectionsLost() {
    return connectionsLost;
  }

  /** Takes the wish back. */
  void unsubscribe(Subscription subscription) {
    subscriptions.remove(subscription, state == LinkState.SERVING);
  }

  /** Ends all. */
  void close() {
    closed = true;
    drop("the client was closed");
    calls.clear().forEach(Call::close);
    Failure failure =
        Failure.newBuilder()
            .setCode(ErrorCode.CLOSED.number())
            .setMessage("the client was closed")
            .build();
    subscriptions.end(failure);
  }

  @Override
  public void onFrame(Connection from, ServerFrame frame) {
    patience.heard();
    if (frame.hasWelcome()) {
      welcome(from, frame);
    }
    frame.getAnswersList().forEach(this::answer);
    frame.getWatchesList().forEach(batch -> follow(subscriptions.batch(batch)));
    frame.getTaskEventsList().forEach(taskEvents);
    boolean named = !frame.getLeader().getNode().isEmpty(); // that nobody leads ends no waiting
    boolean news = named && context.router().hint(frame.getLeader());
    if (leaving) {
      connectionLost("the node is leaving or behind");
    } else if (misplaced || news || (named && state == LinkState.PARKED)) {
      place(misplaced);
    }
    misplaced = false;
    leaving = false;
  }

  @Override
  public void onReady(Connection from) {} // the loop flushes after each gathering, this one too

  @Override
  public void onEnd(Connection from, String why, Optional<Failure> failure) {
    failure
        .filter(told -> !ErrorCode.ofNumber(told.getCode()).retriable())
        .ifPresent(told -> calls.end(told, why));
    connectionLost(why);
  }

  private void wake() {
    if (closed) {
      calls.clear().forEach(Call::close);
      return;
    }
    if (state == LinkState.IDLE && isNeeded()) {
      connect(role.needsLeader() ? leaderOrNext() : context.router().next());
    }
    if (!ticking && isNeeded()) {
      ticking = true;
      context.loop().after(TICK_NANOS, this::tick);
    }
  }

  private boolean isNeeded() {
    return !calls.isEmpty() || !subscriptions.isEmpty();
  }

  private String leaderOrNext() {
    return context.router().leaderAddress().orElseGet(context.router()::next);
  }

  private void connect(String address) {
    drop("going to " + address);
    state = LinkState.CONNECTING;
    patience.connecting();
    Connection opened = new Connection(address, context.channels(), context.loop(), this);
    connection = Optional.of(opened);
    lastWireId = 0;
    opened.start(
        Hello.newBuilder()
            .setProtocol(LinkContext.PROTOCOL)
            .setClient(context.settings().clientName())
            .setCluster(context.settings().cluster())
            .setLane(role.lane())
            .build());
  }

  private void drop(String why) {
    connection.ifPresent(open -> open.abandon(why));
    connection = Optional.empty();
    subscriptions.connectionLost();
    calls.connectionLost(why);
  }

  private void silent(String why) {
    connection.ifPresent(open -> context.router().silent(open.address()));
    lost(why);
  }

  private void connectionLost(String why) {
    connection.ifPresent(open -> context.router().failed(open.address()));
    lost(why);
  }

  private void lost(String why) {
    LOG.debug("{} lane: connection lost: {}", role, why);
    connection.ifPresent(open -> calls.trouble(open.address() + ": " + why));
    if (state == LinkState.SERVING) {
      connectionsLost++;
    }
    drop(why);
    if (closed || !isNeeded()) {
      state = LinkState.IDLE;
      return;
    }
    state = LinkState.PAUSING;
    patience.troubled();
    if (patience.mayGoOn()) {
      connect(leaderOrNext());
    }
  }

  private void welcome(Connection from, ServerFrame frame) {
    node = frame.getWelcome().getNode();
    int most = frame.getWelcome().getRequestsInFlightMax();
    inFlightMax = most > 0 ? most : IN_FLIGHT_DEFAULT;
    context.router().learn(frame.getWelcome().getClientAddressesList());
    context.router().answered(from.address());
    context.router().hint(frame.getWelcome().getLeader());
    place(false);
  }

  /**
   * Decides whether this connection is the right one. {@code told}: it has refused as no leader.
   */
  private void place(boolean told) {
    String leader = context.router().leader().getNode();
    boolean isHere = leader.isEmpty() || leader.equals(node);
    if (!role.needsLeader() || (isHere && !told)) {
      serve();
      return;
    }
    Optional<String> address = context.router().leaderAddress();
    if (!isHere && address.isPresent() && patience.mayHop()) {
      connect(address.get());
    } else {
      state = LinkState.PARKED;
      calls.connectionLost("the leader changed");
      subscriptions.connectionLost();
      patience.parked();
    }
  }

  private void serve() {
    if (state != LinkState.SERVING) {
      state = LinkState.SERVING;
      subscriptions.stateAll();
    }
  }

  private void answer(Answer answer) {
    if (subscriptions.isStated(answer.getId())) {
      if (answer.hasFailure()) {
        context.router().hint(answer.getFailure().getLeader());
      }
      follow(subscriptions.answered(answer));
      return;
    }
    calls.answered(answer.getId()).ifPresent(call -> answered(call, answer));
  }

  private void answered(Call call, Answer answer) {
    if (!answer.hasFailure()) {
      patience.served();
      parkings = 0;
      if (!interceptor.test(call, answer)) {
        call.answer.complete(answer);
      }
      return;
    }
    Failure failure = answer.getFailure();
    calls.refused(call, failure);
    switch (Retry.of(ErrorCode.ofNumber(failure.getCode()))) {
      case END -> call.end(failure);
      case PAUSE -> {
        long hint = failure.getRetryAfterMillis() * 1_000_000L;
        long pause = Math.max(hint, context.backoff().nanos(call.attempts()));
        call.notBeforeNanos(context.clock().nanos() + pause);
        calls.pause(call);
      }
      case REDIRECT -> {
        follow(role.needsLeader() ? Retry.REDIRECT : Retry.LEAVE); // another may hear a leader
        context.router().hint(failure.getLeader());
        calls.add(call);
      }
      case LEAVE -> {
        leaving = true;
        context.router().hint(failure.getLeader());
        calls.add(call);
      }
    }
  }

  private void follow(Retry next) {
    misplaced |= next == Retry.REDIRECT;
    leaving |= next == Retry.LEAVE;
  }

  private void stateLater(Subscription subscription) {
    context.loop().after(context.backoff().nanos(3), () -> restate(subscription));
  }

  private long sendOne(Request.Builder request) {
    long id = ++lastWireId;
    ClientFrame frame = ClientFrame.newBuilder().addRequests(request.setId(id)).build();
    connection.ifPresent(open -> open.send(frame));
    return id;
  }

  private void flush() {
    if (state != LinkState.SERVING || connection.isEmpty()) {
      return;
    }
    Connection open = connection.get();
    while (open.isReady() && calls.onTheWire() < inFlightMax && calls.peek().isPresent()) {
      open.send(frame());
    }
  }

  private ClientFrame frame() {
    long now = context.clock().nanos();
    ClientFrame.Builder frame = ClientFrame.newBuilder();
    long bytes = 0;
    Optional<Call> next = calls.peek();
    while (next.isPresent()
        && frame.getRequestsCount() < FRAME_REQUESTS_MAX
        && calls.onTheWire() < inFlightMax
        && (bytes == 0 || bytes + next.get().request().getSerializedSize() <= FRAME_BYTES)) {
      Call call = next.get();
      long id = ++lastWireId;
      bytes += call.request().getSerializedSize();
      long leftMillis = Math.max(1, (call.deadlineNanos - now) / 1_000_000);
      frame.addRequests(
          call.request().toBuilder()
              .setId(id)
              .setTimeoutMillis((int) Math.min(leftMillis, Integer.MAX_VALUE)));
      calls.sent(call, id, now);
      next = calls.peek();
    }
    return frame.build();
  }

  private void tick() {
    ticking = false;
    long now = context.clock().nanos();
    calls.tick(now, call -> call.expire(context.settings().requestTimeout().toMillis()));
    switch (state) {
      case CONNECTING -> {
        if (patience.isConnectOverdue()) {
          silent("no welcome in time");
        }
      }
      case SERVING -> {
        if (calls.oldestSentNanos().filter(patience::isStalled).isPresent()) {
          patience.stalled();
          silent("no answer in time");
        } else if (!subscriptions.isEmpty() && patience.isQuiet() && calls.isEmpty()) {
          enqueue(context.probe());
        }
      }
      case PARKED -> {
        if (patience.mayGoOn()) {
          unpark();
        }
      }
      case PAUSING -> {
        if (patience.mayGoOn()) {
          connect(leaderOrNext());
        }
      }
      case IDLE -> {}
    }
    if (!closed) {
      wake();
    }
  }

  private void unpark() {
    Optional<String> address = context.router().leaderAddress();
    boolean isHere = context.router().leader().getNode().equals(node);
    parkings++;
    if (address.isPresent() && !isHere) {
      connect(address.get());
    } else if (parkings % PARKINGS_MAX == 0) {
      connect(context.router().next());
    } else {
      serve();
    }
  }
}
