package io.cairn.client.codec.hessian;

import com.caucho.hessian.io.AbstractSerializer;
import com.caucho.hessian.io.AbstractStringBuilderDeserializer;
import com.caucho.hessian.io.AbstractStringBuilderSerializer;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the Hessian library from writing to the user's console: it warns in every JVM that it may
 * not look inside StringBuilder, which no state contains. Must be touched before the first class of
 * the library is initialized.
 */
final class LibraryQuiet {
  private static final String LOG_SPACE_OFF = "sofa.middleware.log.disable";

  /** Strong references: the JDK would forget the level with the logger. */
  private static final List<Logger> SILENCED;

  static {
    if (System.getProperty(LOG_SPACE_OFF) == null) {
      System.setProperty(LOG_SPACE_OFF, "true");
    }
    // A class literal is relocated with its class and does not initialize it.
    SILENCED =
        List.of(
            Logger.getLogger(AbstractSerializer.class.getName()), // the serializer logs there
            Logger.getLogger(AbstractStringBuilderSerializer.class.getName()),
            Logger.getLogger(AbstractStringBuilderDeserializer.class.getName()));
    SILENCED.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private LibraryQuiet() {}

  /** Silences the library, once; returns how many loggers are silenced. */
  static int ensure() {
    return SILENCED.size();
  }
}
