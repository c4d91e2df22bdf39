package io.cairn.chaos.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that fails where it is none, and not before: all text in front of such bytes is handed out
 * first, so that whoever reads it knows in which line they are.
 */
final class StrictText extends Reader {
  private final InputStream from;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 15).flip();
  private boolean isAtEnd;

  StrictText(InputStream from) {
    this.from = from;
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    CharBuffer text = CharBuffer.wrap(to, offset, length);
    while (true) {
      CoderResult result = decoder.decode(bytes, text, isAtEnd);
      int read = text.position() - offset;
      if (read > 0 || length == 0) {
        return read;
      }
      if (result.isError()) {
        result.throwException();
      }
      if (isAtEnd) {
        return -1;
      }
      fill();
    }
  }

  private void fill() throws IOException {
    bytes.compact();
    int read = from.read(bytes.array(), bytes.position(), bytes.remaining());
    isAtEnd = read < 0;
    bytes.position(bytes.position() + Math.max(0, read));
    bytes.flip();
  }

  @Override
  public void close() throws IOException {
    from.close();
  }
}
