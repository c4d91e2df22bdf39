package io.cairn.gate;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShould;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and what may be used where. */
class ArchitectureTest {
  private static final String PROTOCOL = "io.cairn.protocol..";
  private static final String CORE = "io.cairn.core..";
  private static final String STORAGE = "io.cairn.core.storage..";
  private static final String CLIENT = "io.cairn.client..";
  private static final String SERVER = "io.cairn.server..";
  private static final String CLI = "io.cairn.server.cli..";
  private static final String TESTKIT = "io.cairn.testkit..";
  private static final String BENCH = "io.cairn.bench..";
  private static final String CHAOS = "io.cairn.chaos..";
  private static final String EXAMPLES = "io.cairn.examples..";

  private static final List<String> VAGUE_PACKAGES = List.of("util", "common", "helper", "impl");

  private static JavaClasses classes = new ClassFileImporter().importClasses();

  @BeforeAll
  static void importClasses() {
    classes = new ClassFileImporter().importPackages("io.cairn");
  }

  @Test
  void allModulesAreSeen() {
    for (String root : List.of("protocol", "core", "client", "server", "testkit", "bench")) {
      assertThat(classes.containPackage("io.cairn." + root)).as(root).isTrue();
    }
  }

  @Test
  void protocolNeedsNothingOfOurs() {
    check(arrow(PROTOCOL, CORE, CLIENT, SERVER, TESTKIT, EXAMPLES));
  }

  @Test
  void coreNeedsProtocolOnly() {
    check(arrow(CORE, CLIENT, SERVER, TESTKIT, EXAMPLES));
    check(arrow(CORE, "io.grpc..", "io.netty..", "java.net..", "java.net.http.."));
  }

  @Test
  void clientNeedsProtocolOnly() {
    check(arrow(CLIENT, CORE, SERVER, TESTKIT, EXAMPLES));
  }

  @Test
  void examplesUseThePublicClientOnly() {
    check(arrow(EXAMPLES, CORE, SERVER, TESTKIT, "io.cairn.client.internal.."));
  }

  @Test
  void onlyTheCommandLineOfTheServerUsesTheClient() {
    check(
        noClasses()
            .that(resideInAPackage(SERVER))
            .and()
            .resideOutsideOfPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLIENT, EXAMPLES, CLI));
    check(arrow(SERVER, TESTKIT));
  }

  @Test
  void benchAndChaosUseTheClientAndProcessesOnly() {
    check(arrow(BENCH, CORE, SERVER, TESTKIT, CHAOS));
    check(arrow(CHAOS, CORE, SERVER, TESTKIT, BENCH));
  }

  @Test
  void nothingDependsOnBenchOrChaos() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(BENCH, CHAOS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BENCH, CHAOS));
  }

  @Test
  void onlyStorageKnowsRocksDb() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(STORAGE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb.."));
  }

  @Test
  void onlyTheRaftAdapterKnowsJraftAndBolt() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.cairn.server.raft..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.alipay.sofa.jraft..", "com.alipay.remoting.."));
  }

  /** I2: apply is a function of state, bytes, index, term and leader time. */
  @Test
  void coreHasNoClockAndNoRandomness() {
    check(noCore().callMethodWhere(named(System.class, "currentTimeMillis")));
    check(noCore().callMethodWhere(named(System.class, "nanoTime")));
    check(noCore().callMethodWhere(named(Instant.class, "now")));
    check(noCore().dependOnClassesThat().areAssignableTo(Clock.class));
    check(noCore().callMethodWhere(named(Math.class, "random")));
    check(noCore().callMethodWhere(named(UUID.class, "randomUUID")));
    check(noCore().dependOnClassesThat().areAssignableTo(Random.class));
    check(noCore().dependOnClassesThat().areAssignableTo(SplittableRandom.class));
    check(noCore().dependOnClassesThat().areAssignableTo(ThreadLocalRandom.class));
  }

  /** I2: only the thread that applies touches the state. */
  @Test
  void coreStartsNoThread() {
    check(noCore().callConstructorWhere(targetOwnerIs(Thread.class)));
    check(noCore().dependOnClassesThat().haveFullyQualifiedName("java.util.concurrent.Executors"));
  }

  @Test
  void noPackageHasAVagueName() {
    List<String> vague =
        classes.stream()
            .map(type -> type.getPackageName())
            .distinct()
            .filter(
                name -> VAGUE_PACKAGES.stream().anyMatch(List.of(name.split("\\.", -1))::contains))
            .toList();
    assertThat(vague).isEmpty();
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(classes);
  }

  private static ArchRule arrow(String from, String... forbidden) {
    return noClasses()
        .that(resideInAPackage(from))
        .should()
        .dependOnClassesThat(resideInAnyPackage(forbidden));
  }

  private static ClassesShould noCore() {
    return noClasses().that(resideInAPackage(CORE)).should();
  }

  private static DescribedPredicate<JavaMethodCall> named(Class<?> owner, String method) {
    return DescribedPredicate.describe(
        owner.getName() + "." + method,
        call ->
            call.getTargetOwner().isEquivalentTo(owner)
                && call.getTarget().getName().equals(method));
  }

  private static DescribedPredicate<JavaConstructorCall> targetOwnerIs(Class<?> owner) {
    return DescribedPredicate.describe(
        "new " + owner.getName(), call -> call.getTargetOwner().isAssignableTo(owner));
  }
}
