package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import java.io.IOException;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** An array of anything but bytes, which have a token of their own. */
final class ArrayType extends StateType {
  private final Class<?> component;

  ArrayType(Class<?> component) {
    super(component.arrayType().getName(), component.arrayType(), Form.LIST, true);
    this.component = component;
  }

  boolean ofPrimitives() {
    return component.isPrimitive();
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    int length = Array.getLength(value);
    boolean hasEnd = out.writeListBegin(length, wireName());
    if (value instanceof int[] array) {
      for (int element : array) {
        out.writeInt(element);
      }
    } else if (value instanceof long[] array) {
      for (long element : array) {
        out.writeLong(element);
      }
    } else if (value instanceof double[] array) {
      for (double element : array) {
        out.writeDouble(element);
      }
    } else if (component.isPrimitive()) {
      for (int i = 0; i < length; i++) {
        writePrimitive(Array.get(value, i), out);
      }
    } else {
      for (int i = 0; i < length; i++) {
        out.writeElement(i, component, Array.get(value, i));
      }
    }
    if (hasEnd) {
      out.writeListEnd();
    }
  }

  @Override
  Object readElements(StateInput in, int length) throws IOException {
    Object value = Array.newInstance(component, length);
    in.addRef(value);
    if (value instanceof int[] array) {
      for (int i = 0; i < length; i++) {
        array[i] = in.readInt();
      }
    } else if (value instanceof long[] array) {
      for (int i = 0; i < length; i++) {
        array[i] = in.readLong();
      }
    } else if (value instanceof double[] array) {
      for (int i = 0; i < length; i++) {
        array[i] = in.readDouble();
      }
    } else {
      for (int i = 0; i < length; i++) {
        setElement(value, i, FieldFit.fit(in.value(), component, "an element of " + wireName()));
      }
    }
    return value;
  }

  private void setElement(Object array, int index, @Nullable Object element) {
    try {
      if (array instanceof @Nullable Object[] elements) {
        elements[index] = element;
      } else if (element != null) {
        Array.set(array, index, element);
      }
    } catch (ArrayStoreException | IllegalArgumentException e) {
      throw new CorruptStateException(
          "%s: element %d is no %s".formatted(wireName(), index, component.getName()));
    }
  }

  private static void writePrimitive(Object element, StateOutput out) throws IOException {
    if (element instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (element instanceof Float number) {
      out.writeDouble(number);
    } else if (element instanceof Character character) {
      out.writeInt(character);
    } else {
      out.writeInt(((Number) element).intValue());
    }
  }
}
