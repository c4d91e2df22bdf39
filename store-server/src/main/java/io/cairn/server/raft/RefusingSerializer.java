package io.cairn.server.raft;

import com.alipay.remoting.exception.CodecException;
import com.alipay.remoting.serialization.Serializer;

/**
 * Stands in Bolt's slot for Hessian and deserializes nothing, be it a request or an answer.
 *
 * <p>JRaft's own messages have protobuf serializers by class name and never come here. What Bolt
 * itself would send by Hessian, an exception as the body of an error answer, goes out empty: the
 * status in its header says enough.
 */
final class RefusingSerializer implements Serializer {
  private static final byte[] EMPTY = new byte[0];

  @Override
  public byte[] serialize(Object object) {
    return EMPTY;
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // Bolt's interface
  public <T> T deserialize(byte[] bytes, String className) throws CodecException {
    throw new CodecException(
        "refused: object serialization is off on the raft port (" + bytes.length + " bytes)");
  }
}
