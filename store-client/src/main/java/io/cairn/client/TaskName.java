package io.cairn.client;

/** What a task is called. */
public record TaskName(String namespace, String name) {
  /** The namespace of a client that says nothing. */
  public static final String NAMESPACE_DEFAULT = "default";

  /** A task of the default namespace. */
  public static TaskName of(String name) {
    return new TaskName(NAMESPACE_DEFAULT, name);
  }

  @Override
  public String toString() {
    return namespace + ":" + name;
  }
}
