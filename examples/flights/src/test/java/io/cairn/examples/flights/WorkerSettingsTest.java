package io.cairn.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkerSettingsTest {
  @Test
  void settingsNotGivenHaveDefaults() {
    WorkerSettings settings = WorkerSettings.parse("--partitions", "3", "--lease-ms", "2500");
    assertThat(settings.partitions()).isEqualTo(3);
    assertThat(settings.leaseTtl()).isEqualTo(Duration.ofMillis(2_500));
    assertThat(settings.endpoints()).isEqualTo("127.0.0.1:7420");
    assertThat(settings.blockPause()).isZero();
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> WorkerSettings.parse("partitions", "3"))
        .hasMessageContaining("expected --name value, found partitions");
    assertThatThrownBy(() -> WorkerSettings.parse("--partitions"))
        .hasMessageContaining("found --partitions");
    assertThatThrownBy(() -> WorkerSettings.parse("--colour", "red"))
        .hasMessageContaining("colour");
  }
}
