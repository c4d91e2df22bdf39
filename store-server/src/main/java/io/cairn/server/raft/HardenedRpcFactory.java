package io.cairn.server.raft;

import com.alipay.remoting.Url;
import com.alipay.remoting.config.BoltGenericOption;
import com.alipay.remoting.rpc.RpcAddressParser;
import com.alipay.remoting.rpc.protocol.RpcProtocolV2;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.BoltRaftRpcFactory;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;
import org.jspecify.annotations.Nullable;

/**
 * JRaft's transport, bound to one address and capped on both sides. JRaft finds it by service
 * loader; its priority puts it before the stock one, which listens on all addresses and allocates
 * whatever a frame declares.
 */
@SPI(name = "cairn", priority = 10)
public final class HardenedRpcFactory extends BoltRaftRpcFactory {
  /** For the service loader. */
  public HardenedRpcFactory() {
    BoltHardening.install();
  }

  @Override
  public RpcClient createRpcClient(@Nullable ConfigHelper<RpcClient> helper) {
    com.alipay.remoting.rpc.RpcClient bolt = new BoltClient();
    bolt.option(
        BoltGenericOption.EXTENDED_NETTY_CHANNEL_HANDLER,
        new FrontHandlers(FrameCap.Side.CLIENT, new ConnectionLimits()));
    RpcClient client = new BoltRpcClient(bolt);
    if (helper != null) {
      helper.config(client);
    }
    return client;
  }

  @Override
  public RpcServer createRpcServer(Endpoint endpoint, @Nullable ConfigHelper<RpcServer> helper) {
    RpcServer server = server(endpoint, new ConnectionLimits());
    if (helper != null) {
      helper.config(server);
    }
    return server;
  }

  /** A server for exactly this address, with nothing registered. */
  static RpcServer server(Endpoint endpoint, ConnectionLimits limits) {
    com.alipay.remoting.rpc.RpcServer bolt =
        new com.alipay.remoting.rpc.RpcServer(endpoint.getIp(), endpoint.getPort(), true);
    bolt.option(
        BoltGenericOption.EXTENDED_NETTY_CHANNEL_HANDLER,
        new FrontHandlers(FrameCap.Side.SERVER, limits));
    return new BoltRpcServer(bolt);
  }

  /**
   * Bolt's own time to connect is one second whatever JRaft asks for, and JRaft waits for it with
   * the node locked.
   */
  @Override
  public ConfigHelper<RpcClient> defaultJRaftClientConfigHelper(RpcOptions options) {
    int connectTimeoutMillis = options.getRpcConnectTimeoutMs();
    return client -> {
      if (client instanceof BoltRpcClient bolt) {
        bolt.getRpcClient().setAddressParser(new PeerAddresses(connectTimeoutMillis));
      }
    };
  }

  /**
   * Reads an address and gives it the configured time to connect, and the protocol that can carry a
   * checksum of each message.
   */
  private static final class PeerAddresses extends RpcAddressParser {
    private final int connectTimeoutMillis;

    PeerAddresses(int connectTimeoutMillis) {
      this.connectTimeoutMillis = connectTimeoutMillis;
    }

    /**
     * Also what Bolt has kept of an address, for example of one that has connected to this node.
     */
    @Override
    public Url parse(String address) {
      Url url = super.parse(address);
      url.setConnectTimeout(connectTimeoutMillis);
      url.setProtocol(RpcProtocolV2.PROTOCOL_CODE);
      url.setVersion(RpcProtocolV2.PROTOCOL_VERSION_2);
      return url;
    }
  }
}
