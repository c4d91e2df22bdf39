package io.cairn.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a cluster: parameters of type {@link CairnCluster} and {@link io.cairn.client.Cairn}
 * are filled in. On a method the cluster is this test's own. On a class all its tests share one,
 * data included; faults that a test leaves behind are undone after it. A client is each test's own.
 *
 * <pre>{@code
 * @WithCairn(nodes = 3)
 * class BillingJobTest {
 *   @Test
 *   void goesOnAfterTheLeaderDied(CairnCluster cluster, Cairn cairn) { ... }
 * }
 * }</pre>
 *
 * <p>A cluster is started when the first parameter asks for it.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(CairnExtension.class)
public @interface WithCairn {
  /** How many nodes: 1, 3 or 5. */
  int nodes() default 3;

  /** Settings of the servers that are not as usual, {@code name=value} each. */
  String[] settings() default {};

  /** Keeps the cluster's folder when a test that used it failed; the log says where it is. */
  boolean keepFolderOnFailure() default false;
}
