package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.hessian.StateType.Form;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The check that bytes must pass before anything is built from them. It walks the tokens that
 * {@link StateOutput} can write, and no others: every length is at most the bytes that are left,
 * nesting is at most {@link StateOutput#DEPTH_MAX}, every type name is allowed, every reference
 * points back, and nothing follows the value. It allocates no more than names and definitions. Used
 * by one thread.
 *
 * <p>It bounds memory, stack and classes; whether a value fits the field it is for is checked when
 * it is read.
 */
final class WireScan {
  private final StateTypes types;
  private final WireCursor in;
  private final List<String> typeNames = new ArrayList<>();
  private final List<Definition> definitions = new ArrayList<>();

  /** Reference numbers of values that are not built. */
  private final BitSet absent = new BitSet();

  private final BitSet skippedPasses = new BitSet();
  private int refs;
  private int passes;
  private int passing;
  private boolean passesUnknown;

  private WireScan(StateTypes types, byte[] bytes) {
    this.types = types;
    this.in = new WireCursor(bytes);
  }

  /**
   * Checks the bytes of one value.
   *
   * @return for the nth outermost field that is gone, counted from 0 in the order of the bytes,
   *     whether its value cannot be built because classes it holds are not allowed any more
   * @throws CorruptStateException when the bytes fail a check
   */
  static BitSet check(StateTypes types, byte[] bytes) {
    WireScan scan = new WireScan(types, bytes);
    scan.value(0);
    scan.in.requireEnd();
    return scan.skippedPasses;
  }

  private void value(int depth) {
    int tag = in.next();
    switch (tag) {
      case 'V' -> typedList(deeper(depth));
      case 'v' -> untypedList(deeper(depth));
      case 'M' -> map(deeper(depth));
      case 'O' -> {
        do {
          define();
          tag = in.next();
        } while (tag == 'O');
        if (tag != 'o') {
          throw in.corrupt("expected an object after its definition, found token 0x%02x", tag);
        }
        object(deeper(depth));
      }
      case 'o' -> object(deeper(depth));
      case 0x4a -> reference(in.next());
      case 0x4b -> reference(in.unsignedShort());
      case 'R' -> reference(in.fixedInt());
      default -> in.scalar(tag);
    }
  }

  private int deeper(int depth) {
    if (depth == StateOutput.DEPTH_MAX) {
      throw in.corrupt("nested deeper than %d values", depth);
    }
    return depth + 1;
  }

  private void typedList(int depth) {
    StateType type = type(typeName(), Form.LIST);
    elements(type, in.listLength(), depth);
    in.expect('z', "the end of a list");
  }

  private void untypedList(int depth) {
    String name = typeNames.get(in.index(typeNames.size(), "type"));
    elements(type(name, Form.LIST), in.integer(), depth);
  }

  private void elements(@Nullable StateType type, int length, int depth) {
    addRef();
    in.requireRoom(length, "list");
    boolean primitives = type instanceof ArrayType array && array.ofPrimitives();
    for (int i = 0; i < length; i++) {
      if (primitives) {
        in.scalar(in.next());
      } else {
        value(depth);
      }
    }
  }

  private void map(int depth) {
    type(typeName(), Form.MAP);
    addRef();
    while (!in.nextIs('z')) {
      value(depth);
      value(depth);
    }
    in.expect('z', "the end of a map");
  }

  private void define() {
    String name = in.text(in.integer());
    int fields = in.integer();
    in.requireRoom(fields, "field list");
    StateType type = types.byName(name);
    BitSet known = new BitSet(fields);
    for (int i = 0; i < fields; i++) {
      String field = in.shortString();
      known.set(i, type != null && type.knowsField(field));
    }
    definitions.add(new Definition(name, fields, known));
  }

  private void object(int depth) {
    Definition definition = definitions.get(in.index(definitions.size(), "definition"));
    StateType type = type(definition.name, Form.OBJECT);
    if (type == null || type.shared()) {
      addRef();
    }
    for (int i = 0; i < definition.fields; i++) {
      if (type == null || definition.known.get(i)) {
        value(depth);
      } else {
        passedValue(depth);
      }
    }
  }

  /** The value of a field that the class no longer has. */
  private void passedValue(int depth) {
    int firstRef = refs;
    if (passing == 0) {
      passesUnknown = false;
    }
    passing++;
    value(depth);
    passing--;
    if (passing == 0) {
      if (passesUnknown) {
        skippedPasses.set(passes);
        absent.set(firstRef, refs);
      }
      passes++;
    }
  }

  private void addRef() {
    refs++;
  }

  private void reference(int ref) {
    if (ref < 0 || ref >= refs) {
      throw in.corrupt("expected a reference below %d, found %d", refs, ref);
    }
    if (absent.get(ref)) {
      if (passing == 0) {
        throw in.corrupt("reference %d is to a value of a class that is not allowed", ref);
      }
      passesUnknown = true;
    }
  }

  private String typeName() {
    int tag = in.next();
    if (tag == 't') {
      String name = in.text(in.unsignedShort());
      typeNames.add(name);
      return name;
    }
    if (tag == 0x75) {
      return typeNames.get(in.index(typeNames.size(), "type"));
    }
    throw in.corrupt("expected a type name, found token 0x%02x", tag);
  }

  /** The type of this name; null only below a field that is gone. */
  private @Nullable StateType type(String name, Form form) {
    StateType type = types.byName(name);
    if (type == null) {
      if (passing == 0) {
        throw in.corrupt("%s is not allowed", printable(name));
      }
      passesUnknown = true;
    } else if (type.form() != form) {
      throw in.corrupt("expected a %s token for %s, found %s", type.form(), name, form);
    }
    return type;
  }

  /** A class name as it is, anything else only by its length: it may be content of a state. */
  private static String printable(String name) {
    boolean isName = !name.isEmpty() && name.length() <= 256;
    for (int i = 0; isName && i < name.length(); i++) {
      char c = name.charAt(i);
      isName = Character.isJavaIdentifierPart(c) || ".[;<>".indexOf(c) >= 0;
    }
    return isName ? "class " + name : "a class name of %d chars".formatted(name.length());
  }

  /** An object definition: the name of its type, and which of its fields are read. */
  private record Definition(String name, int fields, BitSet known) {}
}
