package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A page of numbers that a shim in a server's process and the harness both see. */
public final class ControlPage {
  private static final int BYTES = 4096;

  private final Path file;
  private final LongBuffer numbers;

  private ControlPage(Path file, LongBuffer numbers) {
    this.file = file;
    this.numbers = numbers;
  }

  /** A page of zeros. */
  static ControlPage create(Path file) {
    return map(file);
  }

  static ControlPage open(Path file) {
    return map(file);
  }

  private static ControlPage map(Path file) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      LongBuffer numbers =
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, BYTES)
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
      return new ControlPage(file, numbers);
    } catch (IOException e) {
      throw new ClusterFailure("cannot map " + file, e);
    }
  }

  Path file() {
    return file;
  }

  /** The number at this place. */
  public long get(int place) {
    return numbers.get(place);
  }

  /** Sets the number at this place; the shim sees it at its next call. */
  public void set(int place, long number) {
    numbers.put(place, number);
  }

  /**
   * Writes a text from this place on, ended by a zero as C has it; the shim sees all of it once a
   * number is set after it.
   */
  public void setText(int place, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= BYTES - place * Long.BYTES) {
      throw new ClusterFailure("too long for a control page: " + text, null);
    }
    ByteBuffer padded = ByteBuffer.allocate((bytes.length / Long.BYTES + 1) * Long.BYTES);
    padded.order(ByteOrder.nativeOrder()).put(bytes).clear();
    numbers.slice(place, numbers.capacity() - place).put(padded.asLongBuffer());
  }
}
