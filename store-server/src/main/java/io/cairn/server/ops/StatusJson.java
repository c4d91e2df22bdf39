package io.cairn.server.ops;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HexFormat;
import java.util.List;

/** Writes a message as JSON: field names as in the .proto, all fields, bytes in hexadecimal. */
final class StatusJson {
  private StatusJson() {}

  static void write(StringBuilder out, Message message) {
    out.append('{');
    boolean first = true;
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (!first) {
        out.append(',');
      }
      first = false;
      LineLayout.quote(out, field.getName());
      out.append(':');
      if (field.isRepeated()) {
        writeList(out, (List<?>) message.getField(field));
      } else {
        writeValue(out, message.getField(field));
      }
    }
    out.append('}');
  }

  private static void writeList(StringBuilder out, List<?> items) {
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      writeValue(out, items.get(i));
    }
    out.append(']');
  }

  private static void writeValue(StringBuilder out, Object value) {
    if (value instanceof Message message) {
      write(out, message);
    } else if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof ByteString bytes) {
      LineLayout.quote(out, HexFormat.of().formatHex(bytes.toByteArray()));
    } else {
      LineLayout.quote(out, value.toString());
    }
  }
}
