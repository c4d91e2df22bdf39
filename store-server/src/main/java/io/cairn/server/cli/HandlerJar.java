package io.cairn.server.cli;

import io.cairn.client.job.JobHandler;
import io.cairn.client.job.ResultComparator;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Handlers out of a user's jars. The public API is this process's own, so that handlers fit it;
 * everything else comes from the jars first, so that their libraries do not meet those of the
 * command line. Close it when nothing of it runs any more.
 */
final class HandlerJar implements AutoCloseable {
  private final Loader loader;
  private final String shown;

  private HandlerJar(Loader loader, String shown) {
    this.loader = loader;
    this.shown = shown;
  }

  /** Own classes first, but for those of the API. */
  private static final class Loader extends URLClassLoader {
    private static final String API = "io.cairn.client.";
    private static final String SHADED = "io.cairn.client.shaded.";

    Loader(URL[] jars, ClassLoader parent) {
      super("handlers", jars, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        boolean isShared = name.startsWith(API) && !name.startsWith(SHADED);
        if (isShared || name.startsWith("java.")) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null) {
          try {
            loaded = findClass(name);
          } catch (ClassNotFoundException e) {
            return super.loadClass(name, resolve);
          }
        }
        if (resolve) {
          resolveClass(loaded);
        }
        return loaded;
      }
    }
  }

  /** Opens jars, or folders of classes. */
  static HandlerJar open(List<Path> jars) {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      if (!Files.exists(jar)) {
        throw wrong(jar + ": no such file or folder");
      }
      if (Files.isRegularFile(jar) && !isJar(jar)) {
        throw wrong(jar + " is no jar, nor a folder of classes");
      }
      urls.add(url(jar));
    }
    String shown = jars.stream().map(Path::toString).collect(Collectors.joining(", "));
    return new HandlerJar(
        new Loader(urls.toArray(URL[]::new), HandlerJar.class.getClassLoader()), shown);
  }

  /** A loader passes over what it cannot read, and would say that a class is missing. */
  private static boolean isJar(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return zip.size() > 0;
    } catch (ZipException e) {
      return false;
    } catch (IOException e) {
      throw wrong("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(jar + " cannot be written as a URL", e);
    }
  }

  /** The loader of its classes. */
  ClassLoader loader() {
    return loader;
  }

  /**
   * The handler of this name: an object of {@code className}, else of the one handler that the jars
   * declare as a service, or of the one whose class is called like the handler.
   */
  JobHandler handler(String name, Optional<String> className) {
    return made(className.map(this::named).orElseGet(() -> declared(name)), JobHandler.class);
  }

  /** A comparator: an object of {@code className}. */
  ResultComparator comparator(String className) {
    return made(named(className), ResultComparator.class);
  }

  private Class<?> named(String className) {
    try {
      return Class.forName(className, false, loader);
    } catch (ClassNotFoundException e) {
      throw wrong("%s has no class %s".formatted(shown, className), e);
    } catch (LinkageError e) {
      throw unfit(className, e);
    }
  }

  private Class<?> declared(String name) {
    List<Class<? extends JobHandler>> types;
    try {
      types =
          ServiceLoader.load(JobHandler.class, loader).stream()
              .<Class<? extends JobHandler>>map(ServiceLoader.Provider::type)
              .filter(type -> type.getClassLoader() == loader)
              .collect(Collectors.toList());
    } catch (ServiceConfigurationError | LinkageError e) {
      throw wrong(
          "%s declares handlers in META-INF/services/%s that cannot be used: %s"
              .formatted(shown, JobHandler.class.getName(), e.getMessage()),
          e);
    }
    if (types.size() == 1) {
      return types.get(0);
    }
    String like = name.toLowerCase(Locale.ROOT);
    Optional<Class<? extends JobHandler>> called =
        types.stream()
            .filter(
                type -> {
                  String simple = type.getSimpleName().toLowerCase(Locale.ROOT);
                  return type.getName().equals(name)
                      || simple.equals(like)
                      || simple.equals(like + "handler");
                })
            .findFirst();
    return called.<Class<?>>map(type -> type).orElseThrow(() -> whichClass(name, types));
  }

  private CommandFailure whichClass(String name, List<Class<? extends JobHandler>> types) {
    String there =
        types.isEmpty()
            ? "declares no handler in META-INF/services/" + JobHandler.class.getName()
            : "declares "
                + types.stream().map(Class::getName).sorted().collect(Collectors.joining(", "))
                + ", none called like it";
    return wrong(
        "which class is '%s'? %s %s; say --handler %s=CLASS".formatted(name, shown, there, name));
  }

  private <T> T made(Class<?> type, Class<T> kind) {
    if (!kind.isAssignableFrom(type)) {
      throw wrong("class %s is no %s".formatted(type.getName(), kind.getName()));
    }
    if (Modifier.isAbstract(type.getModifiers()) || !Modifier.isPublic(type.getModifiers())) {
      throw wrong("class %s must be public and not abstract".formatted(type.getName()));
    }
    try {
      Constructor<?> constructor = type.getConstructor();
      return kind.cast(constructor.newInstance());
    } catch (NoSuchMethodException e) {
      throw wrong(
          "class %s has no public constructor without parameters".formatted(type.getName()), e);
    } catch (InvocationTargetException e) {
      throw wrong("the constructor of %s has thrown %s".formatted(type.getName(), e.getCause()), e);
    } catch (ReflectiveOperationException e) {
      throw wrong("class %s cannot be made: %s".formatted(type.getName(), e.getMessage()), e);
    } catch (LinkageError e) {
      throw unfit(type.getName(), e);
    }
  }

  private CommandFailure unfit(String className, LinkageError e) {
    String why =
        e instanceof NoClassDefFoundError
            ? "needs " + String.valueOf(e.getMessage()).replace('/', '.') + ", which is not there"
            : "cannot be used: " + e.getMessage();
    return wrong("class %s of %s %s".formatted(className, shown, why), e);
  }

  private static CommandFailure wrong(String message) {
    return new CommandFailure(Exit.USAGE, message);
  }

  private static CommandFailure wrong(String message, Throwable cause) {
    return new CommandFailure(Exit.USAGE, message, cause);
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
