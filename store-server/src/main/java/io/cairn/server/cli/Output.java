package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where results and remarks go: results to standard output, as text or JSON, remarks and progress
 * to standard error. For one thread.
 */
final class Output {
  /** How results are written. */
  enum Form {
    /** For people. */
    TEXT,
    /** For programs: one object per result. */
    JSON
  }

  private final PrintStream results;
  private final PrintStream remarks;
  private Form form = Form.TEXT;

  /** Writes to these streams, text at first. */
  Output(PrintStream results, PrintStream remarks) {
    this.results = results;
    this.remarks = remarks;
  }

  /** Changes how results are written. */
  void form(Form wanted) {
    form = wanted;
  }

  /** True if results are JSON. */
  boolean isJson() {
    return form == Form.JSON;
  }

  /** Writes one result: the object, or the lines. */
  void result(Fields object, List<String> lines) {
    if (isJson()) {
      object(object);
    } else {
      lines.forEach(this::line);
    }
  }

  /** Writes one result: the object, or the line. */
  void result(Fields object, String line) {
    result(object, List.of(line));
  }

  /** Writes one object on one line. */
  void object(Fields object) {
    line(json(object));
  }

  /** Writes one line. */
  void line(String line) {
    results.print(line);
    results.print('\n');
  }

  /** Writes text as it is. */
  void text(String text) {
    results.print(text);
  }

  /** Writes bytes as they are. */
  void raw(byte[] bytes) {
    results.write(bytes, 0, bytes.length);
  }

  /** Writes out what is buffered; false if nobody reads any more. */
  boolean flush() {
    return !results.checkError();
  }

  /** Says something that is not a result. */
  void remark(String line) {
    remarks.print(line);
    remarks.print('\n');
    remarks.flush();
  }

  /** The stream of {@link #remark}, for those that write by themselves. */
  PrintWriter remarks() {
    return new PrintWriter(remarks, true, UTF_8);
  }

  /** The stream of results, for those that write by themselves. */
  PrintWriter results() {
    return new PrintWriter(results, true, UTF_8);
  }

  /** The object as JSON on one line. */
  static String json(Fields object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      write(generator, object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    if (value == null) {
      generator.writeNull();
    } else if (value instanceof Fields object) {
      generator.writeStartObject();
      for (Map.Entry<String, @Nullable Object> field : object.values().entrySet()) {
        generator.writeFieldName(field.getKey());
        write(generator, field.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> items) {
      generator.writeStartArray();
      for (Object item : items) {
        write(generator, item);
      }
      generator.writeEndArray();
    } else if (value instanceof Long number) {
      generator.writeNumber(number);
    } else if (value instanceof Double fraction) {
      generator.writeNumber(fraction);
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else {
      generator.writeString(value.toString());
    }
  }
}
