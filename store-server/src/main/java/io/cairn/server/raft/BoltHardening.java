package io.cairn.server.raft;

import com.alipay.remoting.serialization.SerializerManager;
import com.alipay.sofa.jraft.rpc.ProtobufMsgFactory;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The JVM-wide state of Bolt and JRaft that must be set before either is used. All of it is static
 * in those libraries.
 *
 * <p>{@link #install} is idempotent and thread safe. The composition root calls it before any other
 * class of theirs is loaded; {@link RaftGroup} calls it again.
 */
public final class BoltHardening {
  private static final int WRITE_BUFFER_HIGH_BYTES = 64 << 20;
  private static final int WRITE_BUFFER_LOW_BYTES = 32 << 20;

  // JRaft's generated code is older than protobuf 22, which says so on stderr for each class. The
  // reference keeps the level.
  private static final Logger PROTOBUF_LOG =
      Logger.getLogger("com.google.protobuf.GeneratedMessage");

  private BoltHardening() {}

  /**
   * Sets the system properties that are not set already, and closes Bolt's object serialization.
   */
  public static void install() {
    Installed.once();
  }

  private static final class Installed {
    static {
      // A logging library that prints 100 lines of stack trace with a new logback.
      setDefault("sofa.middleware.log.disable", "true");
      // A full window of append messages fits. Above the mark Bolt fails a message instead of
      // waiting.
      setDefault(
          "bolt.channel_write_buf_high_water_mark", Integer.toString(WRITE_BUFFER_HIGH_BYTES));
      setDefault("bolt.channel_write_buf_low_water_mark", Integer.toString(WRITE_BUFFER_LOW_BYTES));
      // JRaft's pipeline needs messages in order.
      setDefault("bolt.rpc.dispatch-msg-list-in-default-executor", "false");
      // IdleBeat and IdleCap do it.
      setDefault("bolt.tcp.heartbeat.switch", "false");
      // Pools sized for a host of many groups.
      setDefault("bolt.tp.min", "4");
      setDefault("bolt.tp.max", "16");
      setDefault("jraft.append.entries.threads.send", "4");
      setDefault("jraft.closure.threadpool.size.max", "16");

      PROTOBUF_LOG.setLevel(Level.SEVERE);
      ProtobufMsgFactory.load();
      SerializerManager.addSerializer(SerializerManager.Hessian2, new RefusingSerializer());
    }

    static void once() {
      // loads the class
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
