package io.cairn.core.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.MemberJoined;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The addresses of the nodes, one row each, so that every member can say where the leader's client
 * port is. The voters themselves are the consensus layer's configuration; a row is written before
 * its voter is added, and removed after it.
 */
public final class MemberTable {
  /**
   * Writes a node's row; false if it was so already. That it has joined stays true for as long as
   * it keeps its raft address.
   */
  boolean put(ApplyContext context, Member given) {
    Member member = given;
    Checks.name("member name", member.getName(), false);
    Checks.name("raft address", member.getRaftAddress(), false);
    Checks.name("client address", member.getClientAddress(), false);
    Checks.name("http address", member.getHttpAddress(), true);
    byte[] key = KeyLayout.member(member.getName());
    byte[] old = context.batch().get(ColumnFamily.MEMBER, key);
    if (old != null && parse(old).getRaftAddress().equals(member.getRaftAddress())) {
      boolean joined = member.getJoined() || parse(old).getJoined();
      member = member.toBuilder().setJoined(joined).build();
    }
    byte[] row = member.toByteArray();
    if (old != null && Arrays.equals(old, row)) {
      return false;
    }
    if (old == null && list(context.batch()).size() >= Limits.MEMBERS_MAX) {
      throw new Refusal(
          ErrorCode.TOO_MANY,
          "the group has " + Limits.MEMBERS_MAX + " members, and no more may be");
    }
    context.batch().put(ColumnFamily.MEMBER, key, row);
    return true;
  }

  /**
   * Notes that a node has answered a leader (I9); false if that is known, or there is no such row.
   */
  boolean joined(ApplyContext context, MemberJoined joined) {
    byte[] key = KeyLayout.member(joined.getName());
    byte[] old = context.batch().get(ColumnFamily.MEMBER, key);
    Member member = old == null ? Member.getDefaultInstance() : parse(old);
    if (old == null
        || member.getJoined()
        || !member.getRaftAddress().equals(joined.getRaftAddress())) {
      return false;
    }
    byte[] row = member.toBuilder().setJoined(true).build().toByteArray();
    context.batch().replace(ColumnFamily.MEMBER, key, old, row);
    return true;
  }

  /** Removes a node's row; false if there was none. */
  boolean remove(ApplyContext context, String name) {
    byte[] key = KeyLayout.member(name);
    boolean was = context.batch().get(ColumnFamily.MEMBER, key) != null;
    context.batch().delete(ColumnFamily.MEMBER, key);
    return was;
  }

  /** All nodes, by name. */
  public static List<Member> list(ReadView view) {
    List<Member> members = new ArrayList<>();
    try (Cursor cursor = view.ascend(ColumnFamily.MEMBER, new byte[0], null)) {
      while (cursor.next()) {
        members.add(parse(cursor.value()));
      }
    }
    return members;
  }

  private static Member parse(byte[] row) {
    try {
      return Member.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a member's row is damaged", e);
    }
  }
}
