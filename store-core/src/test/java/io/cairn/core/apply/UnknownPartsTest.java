package io.cairn.core.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.cairn.core.storage.TestSeed;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Query;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Walking the bytes finds what walking the parsed message finds. */
class UnknownPartsTest {
  private static final int MESSAGES = 20_000;
  private static final int DEPTH = 5;

  private final Random random = new Random(TestSeed.of(UnknownPartsTest.class, 5));

  @Test
  void whatIsKnownIsFoundToBeKnown() {
    for (int i = 0; i < MESSAGES; i++) {
      Message message = message(i % 2 == 0 ? Command.getDescriptor() : Query.getDescriptor(), 0, 0);
      assertThat(UnknownParts.find(message)).as("%s", message).isNull();
    }
  }

  @Test
  void whatIsUnknownIsFoundAtAnyDepth() {
    int unknown = 0;
    for (int i = 0; i < MESSAGES; i++) {
      Message message = message(Command.getDescriptor(), 0, 0.1);
      boolean expected = hasUnknown(message);
      unknown += expected ? 1 : 0;
      assertThat(UnknownParts.find(message) != null).as("%s", message).isEqualTo(expected);
    }
    assertThat(unknown).isBetween(MESSAGES / 20, MESSAGES * 19 / 20);
  }

  @Test
  void aKnownNumberWithAnotherWireTypeIsUnknown() {
    UnknownFieldSet varint =
        UnknownFieldSet.newBuilder()
            .addField(
                Command.PUT_FIELD_NUMBER, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    assertThat(UnknownParts.find(Command.newBuilder().setUnknownFields(varint).build()))
        .isEqualTo("Command has field " + Command.PUT_FIELD_NUMBER);
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    ByteString torn = ByteString.copyFrom(new byte[] {(byte) 0xa2, 1, 9, 1});
    assertThatThrownBy(() -> UnknownParts.find(Command.getDescriptor(), torn))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Command");
  }

  /** A message with about half of its fields set, at random. */
  private Message message(Descriptor type, int depth, double unknown) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (random.nextInt(nested ? 4 : 2) > 0 || (nested && depth == DEPTH)) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = random.nextInt(3); i > 0; i--) {
          message.addRepeatedField(field, value(field, depth, unknown));
        }
      } else {
        message.setField(field, value(field, depth, unknown));
      }
    }
    if (random.nextDouble() < unknown) {
      message.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(900, UnknownFieldSet.Field.newBuilder().addFixed32(1).build())
              .build());
    }
    return message.build();
  }

  private Object value(FieldDescriptor field, int depth, double unknown) {
    return switch (field.getJavaType()) {
      case MESSAGE -> message(field.getMessageType(), depth + 1, unknown);
      case ENUM -> {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        yield random.nextDouble() < unknown
            ? field.getEnumType().findValueByNumberCreatingIfUnknown(77)
            : values.get(random.nextInt(values.size()));
      }
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case BOOLEAN -> random.nextBoolean();
      case DOUBLE -> random.nextDouble();
      case FLOAT -> random.nextFloat();
      case STRING -> "s" + random.nextInt(100);
      case BYTE_STRING -> ByteString.copyFromUtf8("b" + random.nextInt(100));
    };
  }

  /** By reflection. */
  private static boolean hasUnknown(Message message) {
    return !message.getUnknownFields().asMap().isEmpty()
        || message.getAllFields().values().stream()
            .flatMap(value -> value instanceof List<?> list ? list.stream() : Stream.of(value))
            .anyMatch(UnknownPartsTest::isUnknown);
  }

  private static boolean isUnknown(Object value) {
    if (value instanceof Message message) {
      return hasUnknown(message);
    }
    return value instanceof EnumValueDescriptor constant && constant.getIndex() < 0;
  }
}
