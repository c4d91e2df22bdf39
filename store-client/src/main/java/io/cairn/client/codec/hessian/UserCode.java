package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** Calls into the classes of a state, and what their failures become. */
final class UserCode {
  private UserCode() {}

  /**
   * Opens a member of a state's class.
   *
   * @throws IllegalArgumentException when its module does not allow it
   */
  static <A extends AccessibleObject> A open(A member, Class<?> owner) {
    if (!member.trySetAccessible()) {
      throw new IllegalArgumentException(
          "%s: %s does not open package %s to the codec"
              .formatted(owner.getName(), owner.getModule(), owner.getPackageName()));
    }
    return member;
  }

  /** Builds an object; a constructor that refuses makes the state corrupt. */
  static Object build(Constructor<?> constructor, @Nullable Object... arguments) {
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw refused(constructor.getDeclaringClass(), e.getCause() == null ? e : e.getCause());
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw refused(constructor.getDeclaringClass(), e);
    }
  }

  /** The failure without its message, which may hold values of the state. */
  static CorruptStateException refused(Class<?> type, Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return new CorruptStateException(
        "%s refused its values: %s at %s"
            .formatted(
                type.getName(),
                failure.getClass().getName(),
                stack.length == 0 ? "an unknown line" : stack[0]));
  }
}
