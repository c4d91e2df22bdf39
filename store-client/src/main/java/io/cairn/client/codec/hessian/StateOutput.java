package io.cairn.client.codec.hessian;

import com.caucho.hessian.io.Hessian2Output;
import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes one state. It knows the path to what it is writing, for errors. Used by one thread. */
final class StateOutput extends Hessian2Output {
  /**
   * Values inside one another, at most, in both directions. Reading that deep takes up to 300 KiB
   * of stack before the code is compiled; a thread has 1 MiB by default, some have 512 KiB.
   */
  static final int DEPTH_MAX = 256;

  private static final int NO_INDEX = -1;

  private final StateTypes types;
  private final BoundedBytes bytes;
  private @Nullable String[] labels = new String[16];
  private int[] indexes = new int[16];
  private @Nullable Object[] open = new Object[16];
  private int depth;

  private StateOutput(StateTypes types, BoundedBytes bytes) {
    super(bytes);
    this.types = types;
    this.bytes = bytes;
  }

  static byte[] encode(StateTypes types, Object value) {
    BoundedBytes bytes = new BoundedBytes();
    StateOutput out = new StateOutput(types, bytes);
    try {
      out.writeObject(value);
      out.flush();
    } catch (IOException e) { // only BoundedBytes throws it, and StateOutput itself
      throw new IllegalArgumentException(types.rootName() + ": " + e.getMessage());
    }
    return out.bytes.toByteArray();
  }

  /** Writes a field of the value being written. */
  void writeField(String name, Class<?> declared, @Nullable Object value) throws IOException {
    label(name, NO_INDEX);
    if (declared.isPrimitive() && value != null) {
      writePrimitive(value);
    } else {
      write(value, declared);
    }
  }

  /** Writes an element of the list, array or map being written. */
  void writeElement(int index, Class<?> declared, @Nullable Object value) throws IOException {
    label(null, index);
    write(value, declared);
  }

  /** Writes the definition of an object type if it is new, and begins an object of it. */
  void beginObject(String wireName, String[] fieldNames) throws IOException {
    if (writeObjectBegin(wireName) == -1) {
      writeClassFieldLength(fieldNames.length);
      for (String name : fieldNames) {
        writeString(name);
      }
      writeObjectBegin(wireName);
    }
  }

  @Override
  public void writeObject(@Nullable Object value) throws IOException {
    write(value, Object.class);
  }

  private void write(@Nullable Object value, Class<?> declared) throws IOException {
    if (value == null) {
      writeNull();
    } else if (value instanceof String text) {
      writeString(text);
    } else if (value instanceof Integer number) {
      writeInt(number);
    } else if (value instanceof Long number) {
      writeLong(number);
    } else if (value instanceof Double number) {
      writeDouble(number);
    } else if (value instanceof Boolean flag) {
      writeBoolean(flag);
    } else if (value instanceof byte[] array) {
      writeBytes(array);
    } else {
      StateType type = types.forClass(value.getClass());
      if (type == null) {
        throw refuse(types.whyNot(value.getClass()));
      }
      writeTyped(type.variantFor(value, this), value, declared);
    }
  }

  private void writeTyped(StateType type, Object value, Class<?> declared) throws IOException {
    if (!declared.isAssignableFrom(type.decodedType())) {
      throw refuse(
          "%s would come back as %s, which is no %s"
              .formatted(
                  value.getClass().getName(), type.decodedType().getName(), declared.getName()));
    }
    if (type.shared() && addRef(value)) {
      if (type.builtAtOnce() && isOpen(value)) {
        throw refuse("a cycle through %s cannot be read again".formatted(type.wireName()));
      }
      return;
    }
    if (depth == DEPTH_MAX) {
      throw refuse("nested deeper than %d values".formatted(DEPTH_MAX));
    }
    if (depth == open.length) {
      grow();
    }
    open[depth] = value;
    indexes[depth] = NO_INDEX;
    labels[depth] = null;
    depth++;
    type.write(value, this);
    depth--;
    open[depth] = null;
  }

  private void writePrimitive(Object value) throws IOException {
    if (value instanceof Long number) {
      writeLong(number);
    } else if (value instanceof Double || value instanceof Float) {
      writeDouble(((Number) value).doubleValue());
    } else if (value instanceof Boolean flag) {
      writeBoolean(flag);
    } else if (value instanceof Character character) {
      writeInt(character);
    } else {
      writeInt(((Number) value).intValue());
    }
  }

  /** Writes a double; the library's own would forget the sign of a zero. */
  @Override
  public void writeDouble(double value) throws IOException {
    if (value == 0.0 && Double.doubleToRawLongBits(value) != 0) {
      flush();
      _os.write(new byte[] {'D', (byte) 0x80, 0, 0, 0, 0, 0, 0, 0});
    } else {
      super.writeDouble(value);
    }
  }

  /** The error for what is being written now, with the path to it. */
  IllegalArgumentException refuse(String reason) {
    StringBuilder path = new StringBuilder(types.rootName());
    for (int i = 0; i < depth; i++) {
      if (depth > 24 && i == 12) { // the middle of a deep path says nothing
        path.append("...");
        i = depth - 12;
      }
      if (labels[i] != null) {
        path.append('.').append(labels[i]);
      } else if (indexes[i] != NO_INDEX) {
        path.append('[').append(indexes[i]).append(']');
      }
    }
    return new IllegalArgumentException(path.append(": ").append(reason).toString());
  }

  private boolean isOpen(Object value) {
    for (int i = 0; i < depth; i++) {
      if (open[i] == value) {
        return true;
      }
    }
    return false;
  }

  private void label(@Nullable String name, int index) {
    labels[depth - 1] = name;
    indexes[depth - 1] = index;
  }

  private void grow() {
    int length = depth * 2;
    labels = Arrays.copyOf(labels, length);
    indexes = Arrays.copyOf(indexes, length);
    open = Arrays.copyOf(open, length);
  }

  /** Bytes of a state, up to what a checkpoint may hold. */
  private static final class BoundedBytes extends ByteArrayOutputStream {
    BoundedBytes() {
      super(256);
    }

    @Override
    public synchronized void write(int octet) {
      requireRoom(1);
      super.write(octet);
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) {
      requireRoom(length);
      super.write(source, offset, length);
    }

    @Override
    public void write(byte[] source) {
      write(source, 0, source.length);
    }

    private void requireRoom(int length) {
      if (length > Limits.CHECKPOINT_BYTES_MAX - count) {
        throw new CairnException(
            ErrorCode.TOO_LARGE,
            "state of more than %d encoded bytes, at most %d are allowed"
                .formatted((long) count + length - 1, Limits.CHECKPOINT_BYTES_MAX));
      }
    }
  }
}
