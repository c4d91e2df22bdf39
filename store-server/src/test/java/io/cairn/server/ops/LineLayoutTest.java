package io.cairn.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineLayoutTest {
  @Test
  void jsonEventIsOneLineOfJsonWithItsCause() throws Exception {
    String line = new LineLayout(true).doLayout(event(new IllegalStateException("a \"b\"\nc")));
    assertThat(line.strip().lines()).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("event").asText()).isEqualTo("started");
    assertThat(json.get("port").asInt()).isEqualTo(7_420);
    assertThat(json.get("name").asText()).isEqualTo("a\nb\u2028");
    assertThat(json.get("cause").asText()).contains("IllegalStateException: a \"b\"\nc");
  }

  @Test
  void textEventQuotesWhatIsNotPlain() {
    assertThat(new LineLayout(false).doLayout(event(null)))
        .contains("event=started port=7420 name=\"a\\nb\\u2028\"");
  }

  private static LoggingEvent event(Throwable cause) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent("x", context.getLogger("cairn"), Level.INFO, "started", cause, null);
    event.setKeyValuePairs(
        List.of(new KeyValuePair("port", 7_420), new KeyValuePair("name", "a\nb\u2028")));
    return event;
  }
}
