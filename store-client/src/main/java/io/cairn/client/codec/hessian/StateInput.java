package io.cairn.client.codec.hessian;

import com.caucho.hessian.io.Hessian2Input;
import io.cairn.client.codec.CorruptStateException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one state from bytes that have passed {@link WireScan}. It decides by the wire alone what a
 * value is; who asked for it checks that it fits. Used by one thread.
 */
final class StateInput extends Hessian2Input {
  /** Stands for a value that is not complete yet, or that was passed over. */
  private static final Object ABSENT = new Object();

  private final BitSet skippedPasses;
  private int passes;
  private int passing;
  private boolean skipping;

  /**
   * Reads with a scan's answer.
   *
   * @param skippedPasses see {@link WireScan#check}
   */
  StateInput(StateFactory factory, byte[] bytes, BitSet skippedPasses) {
    super(new ByteArrayInputStream(bytes));
    this.skippedPasses = skippedPasses;
    setSerializerFactory(factory);
  }

  /** Reads a value. */
  @Nullable Object value() throws IOException {
    Object value = readObject();
    if (value == ABSENT) {
      throw new CorruptStateException("a reference to a value that is not there");
    }
    return value;
  }

  /**
   * Reads the value of a field that is gone. It is built all the same, as live fields may refer to
   * it, unless it holds classes that are gone too.
   */
  void pass() throws IOException {
    if (passing == 0) {
      skipping = skippedPasses.get(passes);
      passes++;
    }
    passing++;
    readObject();
    passing--;
    skipping = skipping && passing > 0;
  }

  /** Whether values are read over without building any. */
  boolean skipping() {
    return skipping;
  }

  /** Takes the reference number of a value that is built at once; then {@link #setRef} follows. */
  int addAbsentRef() {
    return addRef(ABSENT);
  }

  /** The stand-in for a value that is not built. */
  Object absent() {
    return ABSENT;
  }
}
