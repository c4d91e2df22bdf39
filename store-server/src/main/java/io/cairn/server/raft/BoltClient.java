package io.cairn.server.raft;

import com.alipay.remoting.CommandFactory;
import com.alipay.remoting.Connection;
import com.alipay.remoting.ConnectionManager;
import com.alipay.remoting.InvokeCallback;
import com.alipay.remoting.InvokeContext;
import com.alipay.remoting.InvokeFuture;
import com.alipay.remoting.RemotingAddressParser;
import com.alipay.remoting.RemotingCommand;
import com.alipay.remoting.exception.RemotingException;
import com.alipay.remoting.rpc.RpcClient;
import com.alipay.remoting.rpc.RpcClientRemoting;
import com.alipay.remoting.rpc.RpcCommandFactory;
import org.jspecify.annotations.Nullable;

/**
 * Bolt's client, whose calls with a callback time out on the network thread of their connection.
 *
 * <p>Bolt gives them to a wheel that ticks every 10 ms for ever after the first call, which cannot
 * be configured and was a quarter of what an idle follower used. A network thread sleeps until the
 * nearest timeout.
 */
final class BoltClient extends RpcClient {
  @Override
  public void startup() {
    super.startup();
    rpcRemoting = new Remoting(new RpcCommandFactory(), getAddressParser(), getConnectionManager());
  }

  private static final class Remoting extends RpcClientRemoting {
    Remoting(
        CommandFactory commands, RemotingAddressParser addresses, ConnectionManager connections) {
      super(commands, addresses, connections);
    }

    /**
     * As Bolt's own, but for the timer; all calls with a callback come here. Any thread; does not
     * block.
     *
     * @throws RemotingException if the message cannot be encoded
     */
    @Override
    public void invokeWithCallback(
        Connection connection,
        Object message,
        @Nullable InvokeContext context,
        InvokeCallback callback,
        int timeoutMillis)
        throws RemotingException {
      RemotingCommand request = toRemotingCommand(message, connection, context, timeoutMillis);
      preProcessInvokeContext(context, request, connection);
      InvokeFuture future = createInvokeFuture(connection, request, context, callback);
      long leftMillis = timeoutMillis - connectMillis(context);
      if (leftMillis <= 0) {
        answer(future, timedOut(connection));
        return;
      }
      int id = request.getId();
      connection.addInvokeFuture(future);
      try {
        future.addTimeout(
            new LoopTimeout(
                connection.getChannel().eventLoop(),
                leftMillis,
                () -> abandon(connection, id, timedOut(connection))));
        connection
            .getChannel()
            .writeAndFlush(request)
            .addListener(
                written -> {
                  if (!written.isSuccess()) {
                    abandon(connection, id, notSent(connection, written.cause()));
                  }
                });
      } catch (RuntimeException e) {
        abandon(connection, id, notSent(connection, e));
      }
    }

    /** Ends a call that has no answer yet; whoever takes it out of the connection answers it. */
    private static void abandon(Connection connection, int id, RemotingCommand answer) {
      InvokeFuture future = connection.removeInvokeFuture(id);
      if (future != null) {
        future.cancelTimeout();
        answer(future, answer);
      }
    }

    private static void answer(InvokeFuture future, RemotingCommand answer) {
      future.putResponse(answer);
      future.tryAsyncExecuteInvokeCallbackAbnormally();
    }

    private RemotingCommand timedOut(Connection connection) {
      return getCommandFactory(connection).createTimeoutResponse(connection.getRemoteAddress());
    }

    private RemotingCommand notSent(Connection connection, Throwable cause) {
      return getCommandFactory(connection)
          .createSendFailedResponse(connection.getRemoteAddress(), cause);
    }

    /** What making the connection has taken of the call's time. */
    private static long connectMillis(@Nullable InvokeContext context) {
      Long millis = context == null ? null : context.get(InvokeContext.CLIENT_CONN_CREATETIME);
      return millis == null ? 0 : millis;
    }
  }
}
