package io.cairn.core.apply;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.cairn.protocol.v1.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds in a message, at any depth, a field or an enum value that this version does not know. The
 * endpoint refuses a command that has one, and the engine stops at it (I11): both ask here, so that
 * nothing gets past the one and stops the other.
 *
 * <p>Only fields that can hold messages or enums are looked at; which ones those are is worked out
 * once per type. Any thread.
 *
 * <p>The commands that come most are asked for their part by name: reflection takes longer than
 * applying some of them.
 */
public final class UnknownParts {
  private static final Map<Descriptor, Shape> SHAPES = new ConcurrentHashMap<>();

  /** The fields of a type that are worth a look. Of a oneof at most one is set. */
  private record Shape(List<OneofDescriptor> oneofs, List<FieldDescriptor> fields) {}

  private static final Shape NOTHING = new Shape(List.of(), List.of());

  private UnknownParts() {}

  /** Says what is unknown in a command, the first that is found; null: all is known. */
  public static @Nullable String find(Command command) {
    if (!command.getUnknownFields().asMap().isEmpty()) {
      return find(command, NOTHING);
    }
    return switch (command.getOpCase()) {
      case PUT -> find(command.getPut());
      case TASK_SAVE -> find(command.getTaskSave());
      case TASK_START -> find(command.getTaskStart());
      case TASK_COMPLETE -> find(command.getTaskComplete());
      case RENEW -> find(command.getRenew());
      default -> find((Message) command);
    };
  }

  /** Says what is unknown, the first that is found; null: all is known. */
  public static @Nullable String find(Message message) {
    return find(message, shape(message.getDescriptorForType()));
  }

  private static @Nullable String find(Message message, Shape shape) {
    Map<Integer, UnknownFieldSet.Field> unknown = message.getUnknownFields().asMap();
    if (!unknown.isEmpty()) {
      return message.getDescriptorForType().getName()
          + " has field "
          + unknown.keySet().iterator().next();
    }
    for (OneofDescriptor oneof : shape.oneofs()) {
      FieldDescriptor set = message.getOneofFieldDescriptor(oneof);
      String found = set == null || !counts(set) ? null : findIn(set, message.getField(set));
      if (found != null) {
        return found;
      }
    }
    for (FieldDescriptor field : shape.fields()) {
      String found = findIn(message, field);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable String findIn(Message message, FieldDescriptor field) {
    if (field.isRepeated()) {
      return findInAll(field, (List<?>) message.getField(field));
    }
    boolean absent =
        field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !message.hasField(field);
    return absent ? null : findIn(field, message.getField(field));
  }

  private static @Nullable String findInAll(FieldDescriptor field, List<?> items) {
    boolean messages = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    Shape shape = messages ? shape(field.getMessageType()) : NOTHING;
    for (Object item : items) {
      String found = item instanceof Message one ? find(one, shape) : findIn(field, item);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable String findIn(FieldDescriptor field, Object item) {
    if (item instanceof Message message) {
      return find(message);
    }
    return item instanceof EnumValueDescriptor value && value.getIndex() < 0
        ? field.getName() + " is " + value.getNumber()
        : null;
  }

  private static Shape shape(Descriptor type) {
    Shape known = SHAPES.get(type);
    return known == null ? SHAPES.computeIfAbsent(type, UnknownParts::shapeOf) : known;
  }

  private static Shape shapeOf(Descriptor type) {
    List<OneofDescriptor> oneofs = new ArrayList<>();
    for (OneofDescriptor oneof : type.getRealOneofs()) {
      if (oneof.getFields().stream().anyMatch(UnknownParts::counts)) {
        oneofs.add(oneof);
      }
    }
    List<FieldDescriptor> fields =
        type.getFields().stream()
            .filter(field -> counts(field) && field.getRealContainingOneof() == null)
            .toList();
    return new Shape(List.copyOf(oneofs), fields);
  }

  private static boolean counts(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        || field.getJavaType() == FieldDescriptor.JavaType.ENUM;
  }
}
