package io.cairn.client.codec.hessian;

import static org.assertj.core.api.Assertions.assertThat;

import com.caucho.hessian.io.AbstractStringBuilderDeserializer;
import com.caucho.hessian.io.AbstractStringBuilderSerializer;
import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.hessian.States.Wide;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class SharedCodecTest {
  @Test
  void oneCodecServesManyThreads() throws Exception {
    Codec<Wide> codec = Codecs.hessian(Wide.class);
    Wide wide = States.wide();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> turns = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        turns.add(
            threads.submit(
                () -> {
                  boolean equal = true;
                  for (int turn = 0; turn < 500; turn++) {
                    equal &= codec.decode(codec.encode(wide), 1).equals(wide);
                  }
                  return equal;
                }));
      }
      for (Future<Boolean> turn : turns) {
        assertThat(turn.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theLibraryIsSilenced() {
    assertThat(LibraryQuiet.ensure()).isPositive();
    System.gc();
    for (Class<?> talker :
        List.of(AbstractStringBuilderSerializer.class, AbstractStringBuilderDeserializer.class)) {
      assertThat(Logger.getLogger(talker.getName()).getLevel()).isEqualTo(Level.OFF);
    }
    assertThat(System.getProperty("sofa.middleware.log.disable")).isNotNull();
  }
}
