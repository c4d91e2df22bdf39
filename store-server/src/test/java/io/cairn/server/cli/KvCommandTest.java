package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys and values: texts, JSON, exit codes. */
class KvCommandTest {
  private final StoreInMemory store = new StoreInMemory(3);

  private Ran run(String... arguments) {
    return Ran.with(store.client(), "", arguments);
  }

  @Test
  void putIsReadBackAsTextAndJson() {
    assertThat(run("kv", "put", "greeting", "hello").endedWith(Exit.DONE).out())
        .isEqualTo("revision 2\n");
    assertThat(run("kv", "get", "greeting").endedWith(Exit.DONE).out()).isEqualTo("hello\n");
    assertThat(run("kv", "get", "greeting", "--raw").endedWith(Exit.DONE).out()).isEqualTo("hello");
    assertThat(run("kv", "get", "greeting", "-o", "json").endedWith(Exit.DONE).out())
        .isEqualTo(
            "{\"found\":true,\"revision\":2,\"appliedIndex\":7,\"keyValue\":{\"key\":\"greeting\","
                + "\"value\":\"hello\",\"createRevision\":2,\"modRevision\":2,\"version\":1,"
                + "\"lease\":0}}\n");
  }

  @Test
  void absentKeyEndsWithThree() {
    run("kv", "get", "nix").endedWith(Exit.NOT_FOUND).saidOneLine();
    Ran json = run("kv", "get", "nix", "-o", "json").endedWith(Exit.NOT_FOUND);
    assertThat(json.json().path("found").asBoolean(true)).isFalse();
    assertThat(json.json().path("keyValue").isNull()).isTrue();
    run("kv", "del", "nix").endedWith(Exit.NOT_FOUND);
  }

  @Test
  void valueComesFromStandardInputAndEscapesStayText() {
    Ran.with(store.client(), "from input", "kv", "put", "a", "-").endedWith(Exit.DONE);
    assertThat(run("kv", "get", "a").out()).isEqualTo("from input\n");
    run("kv", "put", "a", "@@text").endedWith(Exit.DONE);
    assertThat(run("kv", "get", "a").out()).isEqualTo("@text\n");
    run("kv", "put", "--", "a", "--dashes").endedWith(Exit.DONE);
    assertThat(run("kv", "get", "a").out()).isEqualTo("--dashes\n");
  }

  @Test
  void bytesThatAreNoTextAreBase64InJsonAndEscapedInLines() {
    run("kv", "put", "62", "ff0a00", "--hex").endedWith(Exit.DONE);
    JsonNode found = run("kv", "get", "b", "-o", "json").json().path("keyValue");
    assertThat(found.path("value").asText()).isEqualTo("/woA");
    assertThat(found.path("valueEncoding").asText()).isEqualTo("base64");
    assertThat(found.has("keyEncoding")).isFalse();
    assertThat(run("kv", "range").out()).isEqualTo("b\t\\xff\\n\\x00\n");
    assertThat(run("kv", "get", "62", "--hex").out()).isEqualTo("ff0a00\n");
    assertThat(run("kv", "get", "Yg==", "--base64").out()).isEqualTo("/woA\n");
  }

  @Test
  void failedCasEndsWithFourAndSaysWhatIsThere() {
    run("kv", "cas", "k", "one", "--absent").endedWith(Exit.DONE);
    Ran text = run("kv", "cas", "k", "two", "--absent").endedWith(Exit.CONDITION).saidOneLine();
    assertThat(text.err()).contains("not applied", "'one'", "revision 2");
    Ran json = run("kv", "cas", "k", "two", "--mod", "9", "-o", "json").endedWith(Exit.CONDITION);
    assertThat(json.json().path("succeeded").asBoolean(true)).isFalse();
    assertThat(json.json().path("current").path("value").asText()).isEqualTo("one");
    run("kv", "cas", "k", "two", "--expect", "one").endedWith(Exit.DONE);
    run("kv", "cas", "k", "three", "--mod", "3").endedWith(Exit.DONE);
    assertThat(run("kv", "get", "k").out()).isEqualTo("three\n");
  }

  @Test
  void rangeGoesOverAllPages() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      run("kv", "put", "p/" + i, "v" + i).endedWith(Exit.DONE);
      expected.add("p/" + i + "\tv" + i);
    }
    assertThat(run("kv", "range", "--from", "p/", "--to", "p0").out().lines().toList())
        .isEqualTo(expected);
    assertThat(run("kv", "range", "p/", "--prefix").out().lines().toList()).isEqualTo(expected);
    JsonNode all = run("kv", "range", "p/", "--prefix", "-o", "json").json();
    assertThat(all.path("keyValues").size()).isEqualTo(10);
    assertThat(all.path("count").asInt()).isEqualTo(10);
    assertThat(all.path("more").asBoolean(true)).isFalse();
    JsonNode some = run("kv", "range", "--limit", "7", "--keys-only", "-o", "json").json();
    assertThat(some.path("keyValues").size()).isEqualTo(7);
    assertThat(some.path("keyValues").path(0).has("value")).isFalse();
    assertThat(some.path("more").asBoolean(false)).isTrue();
    assertThat(run("kv", "range", "--count").out()).isEqualTo("10\n");
    assertThat(run("kv", "range", "nix", "--prefix", "-o", "json").json().path("keyValues"))
        .isEmpty();
  }

  @Test
  void deletionSaysHowManyAndWhat() {
    run("kv", "put", "d/1", "x");
    run("kv", "put", "d/2", "y");
    Ran gone = run("kv", "del", "d/", "--prefix", "--prev").endedWith(Exit.DONE);
    assertThat(gone.out()).isEqualTo("deleted 2, revision 4\nd/1\tx\nd/2\ty\n");
  }
}
