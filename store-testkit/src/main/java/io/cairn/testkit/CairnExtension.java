package io.cairn.testkit;

import io.cairn.client.Cairn;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Makes what {@link WithCairn} promises. JUnit closes clusters and clients with their scope. */
final class CairnExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(CairnExtension.class);

  /** Where an annotation stands, and what it says. */
  private record Scope(ExtensionContext context, WithCairn settings, boolean shared) {
    /** A key of its own: a store also finds what the contexts around it keep. */
    String clusterKey() {
      return "cluster of " + context.getUniqueId();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == CairnCluster.class || type == Cairn.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Scope scope =
        scope(context)
            .orElseThrow(
                () ->
                    new ParameterResolutionException(
                        "no @WithCairn at " + context.getDisplayName() + " or its class"));
    CairnCluster cluster =
        scope
            .context()
            .getStore(NAMESPACE)
            .computeIfAbsent(
                scope.clusterKey(), key -> started(scope.settings()), CairnCluster.class);
    if (parameter.getParameter().getType() == CairnCluster.class) {
      return cluster;
    }
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(
            "client of " + context.getUniqueId(), key -> cluster.connect(), Cairn.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Scope scope = scope(context).orElse(null);
    if (scope == null) {
      return;
    }
    CairnCluster cluster =
        scope.context().getStore(NAMESPACE).get(scope.clusterKey(), CairnCluster.class);
    if (cluster == null) {
      return;
    }
    if (context.getExecutionException().isPresent() && scope.settings().keepFolderOnFailure()) {
      cluster.keepFolder();
    }
    if (scope.shared()) {
      cluster.restore();
    }
  }

  private static CairnCluster started(WithCairn settings) {
    ClusterBuilder builder = CairnCluster.builder().nodes(settings.nodes());
    for (String setting : settings.settings()) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new ParameterResolutionException("setting '" + setting + "' is not name=value");
      }
      builder.setting(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return builder.start();
  }

  /** The method's annotation, else that of the nearest class around it. */
  private static Optional<Scope> scope(ExtensionContext context) {
    for (ExtensionContext at = context; at != null; at = at.getParent().orElse(null)) {
      Optional<WithCairn> settings =
          AnnotationSupport.findAnnotation(at.getElement(), WithCairn.class);
      if (settings.isPresent()) {
        return Optional.of(new Scope(at, settings.get(), at.getTestMethod().isEmpty()));
      }
    }
    return Optional.empty();
  }
}
