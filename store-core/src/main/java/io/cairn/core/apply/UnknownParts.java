package io.cairn.core.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds in a message, at any depth, a field or an enum value that this version does not know. The
 * endpoint refuses a command that has one, and the engine stops at it (I11): both ask here, so that
 * nothing gets past the one and stops the other.
 *
 * <p>It walks through the encoded bytes and steps over what is neither a message nor an enum: a
 * megabyte of value costs as much as a byte, and nothing is asked of the objects by reflection. Any
 * thread.
 */
public final class UnknownParts {
  private static final Map<Descriptor, Shape> SHAPES = new ConcurrentHashMap<>();

  private UnknownParts() {}

  /**
   * Says what is unknown, the first that is found; null: all is known.
   *
   * @param encoded bytes that can be parsed as the type; else IllegalArgumentException
   */
  public static @Nullable String find(Descriptor type, ByteString encoded) {
    try {
      return find(shape(type), encoded.newCodedInput());
    } catch (IOException e) {
      throw new IllegalArgumentException("bytes that are no " + type.getName(), e);
    }
  }

  /** As {@link #find(Descriptor, ByteString)}, of a message that is small. */
  public static @Nullable String find(Message message) {
    return find(message.getDescriptorForType(), message.toByteString());
  }

  private static @Nullable String find(Shape shape, CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      Part part = shape.part(tag);
      if (part == null) {
        return shape.name + " has field " + WireFormat.getTagFieldNumber(tag);
      }
      String found = part.find(tag, in);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static Shape shape(Descriptor type) {
    Shape known = SHAPES.get(type);
    return known == null ? SHAPES.computeIfAbsent(type, Shape::new) : known;
  }

  /** The fields of a type. */
  private static final class Shape {
    private final String name;
    private final Part[] parts; // by field number; null: unknown

    Shape(Descriptor type) {
      int most = type.getFields().stream().mapToInt(FieldDescriptor::getNumber).max().orElse(0);
      name = type.getName();
      parts = new Part[most + 1];
      type.getFields().forEach(field -> parts[field.getNumber()] = new Part(field));
    }

    /** A field number with the wire type of another field counts as unknown, as in parsing. */
    @Nullable Part part(int tag) {
      int number = WireFormat.getTagFieldNumber(tag);
      Part part = number < parts.length ? parts[number] : null;
      return part != null && part.fits(tag) ? part : null;
    }
  }

  /** A field that is known. */
  private static final class Part {
    private final FieldDescriptor field;
    private final int wireType;

    Part(FieldDescriptor field) {
      this.field = field;
      this.wireType = field.getLiteType().getWireType();
    }

    boolean fits(int tag) {
      return WireFormat.getTagWireType(tag) == wireType || isPacked(tag);
    }

    private boolean isPacked(int tag) {
      return field.isPackable()
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    /** Says what is unknown in a value, and steps behind it. */
    @Nullable String find(int tag, CodedInputStream in) throws IOException {
      return switch (field.getJavaType()) {
        case MESSAGE -> findInMessage(in);
        case ENUM -> isPacked(tag) ? findInEnums(in) : findInEnum(in);
        default -> {
          in.skipField(tag);
          yield null;
        }
      };
    }

    private @Nullable String findInMessage(CodedInputStream in) throws IOException {
      int end = in.pushLimit(in.readRawVarint32());
      String found = UnknownParts.find(shape(field.getMessageType()), in);
      in.popLimit(end);
      return found;
    }

    private @Nullable String findInEnums(CodedInputStream in) throws IOException {
      int end = in.pushLimit(in.readRawVarint32());
      String found = null;
      while (found == null && !in.isAtEnd()) {
        found = findInEnum(in);
      }
      in.popLimit(end);
      return found;
    }

    private @Nullable String findInEnum(CodedInputStream in) throws IOException {
      int value = in.readEnum();
      boolean known = field.getEnumType().findValueByNumber(value) != null;
      return known ? null : field.getName() + " is " + value;
    }
  }
}
