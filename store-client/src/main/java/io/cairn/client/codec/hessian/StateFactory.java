package io.cairn.client.codec.hessian;

import com.caucho.hessian.io.AbstractDeserializer;
import com.caucho.hessian.io.AbstractHessianInput;
import com.caucho.hessian.io.Deserializer;
import com.caucho.hessian.io.HessianProtocolException;
import com.caucho.hessian.io.Serializer;
import com.caucho.hessian.io.SerializerFactory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Hands each token of the library to the {@link StateType} it is for. None of the library's own
 * serializers can be reached through it, and no class is looked up by name. Shared by all threads.
 */
@SuppressWarnings("rawtypes") // the library's signatures
final class StateFactory extends SerializerFactory {
  private final StateTypes types;

  StateFactory(StateTypes types) {
    this.types = types;
  }

  @Override
  public Object readList(AbstractHessianInput in, int length, String type) throws IOException {
    StateInput input = (StateInput) in;
    Object list = readElements(input, length, types.byName(type));
    input.readListEnd();
    return list;
  }

  @Override
  public Object readMap(AbstractHessianInput in, String type) throws IOException {
    StateInput input = (StateInput) in;
    StateType known = types.byName(type);
    Object map = known == null || input.skipping() ? skipEntries(input) : known.readEntries(input);
    input.readMapEnd();
    return map;
  }

  @Override
  public Object readObject(AbstractHessianInput in, String type, String[] fieldNames)
      throws IOException {
    StateInput input = (StateInput) in;
    StateType known = types.byName(type);
    return known == null || input.skipping()
        ? skipFields(input, known, fieldNames)
        : known.readFields(input, fieldNames);
  }

  /** Called for a list whose type was named before; such a list has no end token. */
  @Override
  public Deserializer getObjectDeserializer(String type, @Nullable Class cl) {
    return new FixedList(types.byName(type));
  }

  @Override
  public Deserializer getObjectDeserializer(String type) throws HessianProtocolException {
    throw refuse(type);
  }

  @Override
  public Serializer getSerializer(Class cl) throws HessianProtocolException {
    throw refuse(cl.getName());
  }

  @Override
  public Deserializer getDeserializer(Class cl) throws HessianProtocolException {
    throw refuse(cl.getName());
  }

  @Override
  public Deserializer getDeserializer(String type) throws HessianProtocolException {
    throw refuse(type);
  }

  private static HessianProtocolException refuse(String type) {
    return new HessianProtocolException("no serializer of the library is used, for " + type);
  }

  private static Object readElements(StateInput in, int length, @Nullable StateType known)
      throws IOException {
    return known == null || in.skipping()
        ? skipElements(in, length)
        : known.readElements(in, length);
  }

  // WireScan lets values of unknown types be only where values are skipped.

  private static Object skipElements(StateInput in, int length) throws IOException {
    in.addAbsentRef();
    for (int i = 0; i < length; i++) {
      in.readObject();
    }
    return in.absent();
  }

  private static Object skipEntries(StateInput in) throws IOException {
    in.addAbsentRef();
    while (!in.isEnd()) {
      in.readObject();
      in.readObject();
    }
    return in.absent();
  }

  private static Object skipFields(StateInput in, @Nullable StateType known, String[] names)
      throws IOException {
    if (known == null || known.shared()) {
      in.addAbsentRef();
    }
    for (int i = 0; i < names.length; i++) {
      in.readObject();
    }
    return in.absent();
  }

  /** A list without an end token. */
  private static final class FixedList extends AbstractDeserializer {
    private final @Nullable StateType type;

    FixedList(@Nullable StateType type) {
      this.type = type;
    }

    @Override
    public Object readLengthList(AbstractHessianInput in, int length) throws IOException {
      return readElements((StateInput) in, length, type);
    }
  }
}
