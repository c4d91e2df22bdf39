package io.cairn.server.formation;

import io.cairn.server.MemberAddress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The fingerprint of the member list with which a cluster was formed. It is part of the group's
 * name on the raft plane: nodes that were formed with different lists do not talk, so that one of
 * them cannot cut the log of another. A node that is added later learns it from a member. It is
 * kept in the data folder and never changes there.
 */
public final class Formation {
  private static final String FILE = "FORMATION";
  private static final int BYTES = 4;

  private Formation() {}

  /** The fingerprint of a list of members: their names and raft addresses, in any order. */
  public static String of(Collection<MemberAddress> members) {
    String text =
        members.stream()
            .map(member -> member.name() + "=" + member.raftAddress())
            .sorted()
            .reduce("", (all, one) -> all + one + "\n");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What the data folder says, if it was ever part of a cluster. */
  public static Optional<String> read(Path dataDir) throws IOException {
    Path file = dataDir.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.size(file) > 64 ? "" : Files.readString(file).strip();
    if (!isFingerprint(text)) {
      throw new IOException("file " + file + " is damaged: it does not hold a fingerprint");
    }
    return Optional.of(text);
  }

  /** Keeps it, durably. */
  public static void write(Path dataDir, String formation) throws IOException {
    Path fresh = dataDir.resolve(FILE + ".new");
    Files.writeString(fresh, formation + "\n");
    sync(fresh, StandardOpenOption.WRITE);
    Files.move(fresh, dataDir.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    sync(dataDir, StandardOpenOption.READ);
  }

  static boolean isFingerprint(String text) {
    return text.matches("[0-9a-f]{" + 2 * BYTES + "}");
  }

  private static void sync(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
