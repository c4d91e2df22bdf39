package io.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
  private static final String THREE =
      "a=127.0.0.1:7001/7002/7003,b=127.0.0.1:7011/7012/7013,c=127.0.0.1:7021/7022/7023";

  @TempDir private Path folder;

  @Test
  void thereAreAtMostTwentyFiveSettings() {
    assertThat(Setting.values()).hasSizeLessThanOrEqualTo(25);
  }

  @Test
  void everyDefaultIsAllowed() {
    ServerConfig config = ServerConfig.load(List.of(), Map.of());
    assertThat(config.clientPort()).isEqualTo(7_420);
    assertThat(config.members()).containsExactly(config.self());
    assertThat(config.servesInsecurely()).isFalse();
    assertThat(config.formsCluster()).isFalse();
  }

  @Test
  void laterSourcesWin() throws Exception {
    Path file = write("client-port: 7001\nraft-port: 7002\nhttp-port: 7003\n");
    ServerConfig config =
        ServerConfig.load(
            List.of("--config", file.toString(), "--http-port=9003"),
            Map.of("CAIRN_RAFT_PORT", "8002", "CAIRN_HTTP_PORT", "8003"));
    assertThat(config.clientPort()).isEqualTo(7_001);
    assertThat(config.raftPort()).isEqualTo(8_002);
    assertThat(config.httpPort()).isEqualTo(9_003);
  }

  @Test
  void membersOfAFileMayBeAList() throws Exception {
    Path file =
        write(
            "node: b\nmembers:\n  - a=127.0.0.1:7001/7002/7003\n  - b=127.0.0.1:7011/7012/7013\n");
    ServerConfig config = ServerConfig.load(List.of("--config=" + file), Map.of());
    assertThat(config.members()).hasSize(2);
    assertThat(config.self().name()).isEqualTo("b");
    assertThat(config.clientPort()).isEqualTo(7_012);
  }

  @Test
  void wrongValueIsNamedWithSettingSourceValueAndReason() {
    assertRefused(
        List.of("--client-port", "70000"), Map.of(), "client-port", "flag", "70000", "65535");
    assertRefused(
        List.of(),
        Map.of("CAIRN_LOG_FORMAT", "xml"),
        "log-format",
        "CAIRN_LOG_FORMAT",
        "xml",
        "json");
    assertRefused(List.of("--cluster", "a b"), Map.of(), "cluster", "a b", "not a name");
    assertRefused(List.of("--client-port", "7422"), Map.of(), "must differ");
    assertRefused(List.of("--data-dir", ""), Map.of(), "data-dir", "empty");
  }

  @Test
  void unknownSettingsAreRefusedWhereverTheyStand() throws Exception {
    assertRefused(List.of("--colour", "red"), Map.of(), "--colour", "no such flag");
    assertRefused(List.of("--node"), Map.of(), "--node", "a value must follow");
    assertRefused(List.of(), Map.of("CAIRN_COLOUR", "red"), "CAIRN_COLOUR", "no such setting");
    Path file = write("colour: red\n");
    assertRefused(
        List.of("--config", file.toString()), Map.of(), "colour", file.toString(), "no such");
    assertThat(ServerConfig.load(List.of(), Map.of("CAIRN_CLI_COLOUR", "red"))).isNotNull();
  }

  @Test
  void unreadableFilesAreRefused() throws Exception {
    assertRefused(List.of("--config", "/no/such/file"), Map.of(), "cannot be read");
    assertRefused(List.of("--config", write("a: [").toString()), Map.of(), "not YAML");
    assertRefused(List.of("--config", write("- 1").toString()), Map.of(), "setting: value");
    assertRefused(
        List.of("--config", write("node: a\nnode: b\n").toString()), Map.of(), "not YAML");
  }

  @Test
  void addressBeyondLoopbackNeedsTheWordInsecure() {
    assertRefused(List.of("--bind", "192.0.2.1"), Map.of(), "bind", "192.0.2.1", "--insecure");
    ServerConfig config = ServerConfig.load(List.of("--bind", "192.0.2.1", "--insecure"), Map.of());
    assertThat(config.servesInsecurely()).isTrue();
  }

  @Test
  void wildcardAddressNeedsMembers() {
    assertRefused(List.of("--bind", "0.0.0.0", "--insecure"), Map.of(), "wildcard");
  }

  @Test
  void membersMustFitThisNode() {
    assertRefused(List.of("--members", THREE, "--node", "d"), Map.of(), "'d'", "not among");
    assertRefused(
        List.of("--members", THREE, "--node", "a", "--raft-port", "7777"),
        Map.of(),
        "raft-port",
        "7777",
        "7001");
    assertRefused(
        List.of("--members", "a=192.0.2.1:1/2/3", "--node", "a"), Map.of(), "binds 127.0.0.1");
    assertRefused(List.of("--members", "a=h:1/2"), Map.of(), "name=host");
    assertRefused(List.of("--members", "a=h:1/2/3,a=h:4/5/6"), Map.of(), "twice");
    assertRefused(List.of("--members", "a=h:1/2/3,b=h:1/5/6"), Map.of(), "h:1 is there twice");
  }

  /** Run with -Dupdate.docs=true to write the page. */
  @Test
  void documentationIsUpToDate() throws Exception {
    Path page = root().resolve("docs/configuration.md");
    if (Boolean.getBoolean("update.docs")) {
      Files.writeString(page, ConfigurationTable.markdown());
    }
    assertThat(page).hasContent(ConfigurationTable.markdown());
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("store-server"))) {
      at = at.getParent();
    }
    return at;
  }

  private Path write(String yaml) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "cairn", ".yaml"), yaml);
  }

  private static void assertRefused(
      List<String> flags, Map<String, String> environment, String... parts) {
    StartRefusedException refused =
        catchThrowableOfType(
            StartRefusedException.class, () -> ServerConfig.load(flags, environment));
    assertThat(refused).as("%s %s", flags, environment).isNotNull();
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.getMessage()).contains(parts);
  }
}
