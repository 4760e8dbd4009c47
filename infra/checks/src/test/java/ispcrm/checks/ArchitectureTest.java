package ispcrm.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import ispcrm.runtime.CallLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which packages may depend on which. */
@AnalyzeClasses(packages = "ispcrm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "ispcrm.";

  /** The package of each function, which is its folder's name without the hyphens. */
  private static final List<String> FUNCTIONS =
      Checkout.functions().stream().map(name -> ROOT + name.replace("-", "")).toList();

  private static final DescribedPredicate<JavaClass> DEPLOYED =
      resideInAPackage("ispcrm..")
          .and(
              not(
                  resideInAnyPackage(
                      "ispcrm.template..",
                      "ispcrm.emulation..",
                      "ispcrm.conformance..",
                      "ispcrm.local..")))
          .as("what is deployed");

  private static final DescribedPredicate<JavaClass> AWS_SDK =
      resideInAPackage("software.amazon.awssdk..");

  private static final DescribedPredicate<JavaClass> STORES =
      resideInAnyPackage(
          "ispcrm.dynamodb..",
          "ispcrm.users..",
          "ispcrm.tokens..",
          "ispcrm.history..",
          "ispcrm.idempotency..",
          "ispcrm.profiles..",
          "ispcrm.passwords..",
          "ispcrm.webhooks..",
          "ispcrm.senders..");

  private static final DescribedPredicate<JavaClass> RANDOM =
      assignableTo(RandomGenerator.class).or(assignableTo(UUID.class)).as("random");

  /** Without this test, the rules below would not cover a new package. */
  @ArchTest
  static void everyPackageIsAFunctionOrALibrary(JavaClasses classes) {
    Set<String> packages =
        classes.stream()
            .map(type -> ROOT + type.getPackageName().substring(ROOT.length()).split("\\.", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known = new TreeSet<>(FUNCTIONS);
    Stream.concat(
            LIBRARIES.keySet().stream(), Stream.of("template", "emulation", "conformance", "local"))
        .forEach(library -> known.add(ROOT + library));
    assertThat(packages).isEqualTo(known);
  }

  @ArchTest
  static void functionsNeverImportOneAnother(JavaClasses classes) {
    for (String function : FUNCTIONS) {
      String[] others =
          FUNCTIONS.stream()
              .filter(other -> !other.equals(function))
              .map(other -> other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(function + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(classes);
    }
  }

  /** The layers: each library, with the libraries that it may import. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("values", Set.of()),
          Map.entry("access", Set.of()),
          Map.entry("contract", Set.of()),
          Map.entry("runtime", Set.of()),
          Map.entry("http", Set.of("access", "runtime")),
          Map.entry("dynamodb", Set.of("runtime")),
          Map.entry("users", Set.of("access", "values", "runtime", "dynamodb")),
          Map.entry("tokens", Set.of("access", "values", "runtime", "dynamodb")),
          Map.entry("history", Set.of("access", "values", "runtime", "http", "dynamodb")),
          Map.entry("idempotency", Set.of("access", "runtime", "http", "dynamodb")),
          Map.entry("profiles", Set.of("values", "runtime", "dynamodb")),
          Map.entry("passwords", Set.of("values", "runtime", "dynamodb")),
          Map.entry("webhooks", Set.of("values", "runtime", "http", "dynamodb", "history")),
          Map.entry("senders", Set.of("runtime", "dynamodb")));

  @ArchTest
  static void librariesImportOnlyTheirLayers(JavaClasses classes) {
    LIBRARIES.forEach(
        (library, layers) ->
            noClasses()
                .that()
                .resideInAPackage(ROOT + library + "..")
                .should()
                .dependOnClassesThat(
                    resideInAPackage("ispcrm..")
                        .and(not(resideInAPackage(ROOT + library + "..")))
                        .and(
                            not(
                                resideInAnyPackage(
                                    layers.stream()
                                        .map(layer -> ROOT + layer + "..")
                                        .toArray(String[]::new)))))
                .check(classes));
  }

  @ArchTest
  static final ArchRule nothingDeployedImportsTheLocalRun =
      noClasses()
          .that(DEPLOYED)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "ispcrm.template..",
              "ispcrm.emulation..",
              "ispcrm.local..",
              "com.amazonaws.services.dynamodbv2..",
              "software.amazon.dynamodb..");

  /** Only the contract is YAML at run time, and only the functions that show it read it. */
  @ArchTest
  static final ArchRule onlyTheContractIsReadAsYaml =
      noClasses()
          .that(DEPLOYED.and(not(resideInAPackage("ispcrm.contract.."))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.yaml..");

  @ArchTest
  static final ArchRule onlyCallLogWritesToTheLog =
      noClasses()
          // PrimingContext keeps what is logged while a function is primed out of the log.
          .that(DEPLOYED.and(not(type(CallLog.class).or(simpleName("PrimingContext")))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.logging..", "org.slf4j..", "org.apache.commons.logging..")
          .orShould()
          .dependOnClassesThat(type(LambdaLogger.class).or(type(LambdaRuntime.class)))
          .orShould(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule onlyRuntimeUsesJacksonAndSpring =
      noClasses()
          .that(DEPLOYED.and(not(resideInAPackage("ispcrm.runtime.."))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "tools.jackson..", "com.fasterxml.jackson..", "org.springframework..");

  @ArchTest
  static final ArchRule outsideTheStoresOnlyHandlersUseTheAwsSdk =
      noClasses()
          .that(DEPLOYED.and(not(STORES)).and(not(simpleNameEndingWith("Handler"))))
          .should()
          .dependOnClassesThat(AWS_SDK);

  @ArchTest
  static final ArchRule handlersUseOnlyTheClientOfTheAwsSdk =
      noClasses()
          .that(DEPLOYED.and(not(STORES)))
          .should()
          .dependOnClassesThat(
              AWS_SDK.and(not(name("software.amazon.awssdk.services.dynamodb.DynamoDbClient"))));

  /**
   * A source of random numbers in a snapshot would give every restored process the same numbers.
   */
  @ArchTest
  static final ArchRule nothingDeployedKeepsASourceOfRandomNumbers =
      noFields().that().areDeclaredInClassesThat(DEPLOYED).should().haveRawType(RANDOM);

  /**
   * Unique values are generated only in methods that handle requests, never while a class or an
   * object is initialized; SnapStartIT shows that priming does not call them. DynamoDb.pause only
   * spreads retries, and LambdaEntryPoint.skipRandomNumbers makes each copy of a snapshot spread
   * them differently.
   *
   * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html">Handling
   *     uniqueness with Lambda SnapStart</a>
   */
  @ArchTest
  static void onlyTheseMethodsUseRandomness(JavaClasses classes) {
    Set<String> randomized = new TreeSet<>();
    for (JavaClass type : classes.that(DEPLOYED)) {
      for (JavaAccess<?> access : type.getAccessesFromSelf()) {
        if (RANDOM.test(access.getTargetOwner())
            || Set.of("random", "generate", "issue").contains(access.getName())) {
          randomized.add(type.getSimpleName() + "." + access.getOrigin().getName());
        }
      }
    }
    assertThat(randomized)
        .containsExactlyInAnyOrder(
            "BearerToken.generate",
            "Backoff.next",
            "BootstrapAdmin.apply",
            "CreateToken.create",
            "CreateToken.issue",
            "CreateWebhook.create",
            "Deliveries.item",
            "DynamoDb.pause",
            "History.key",
            "GeneratedIds.customerId",
            "GeneratedIds.id",
            "IssuedToken.issue",
            "LambdaEntryPoint.skipRandomNumbers",
            "RotateWebhookSecret.apply",
            "Secret.generate",
            "Webhooks.newId");
  }
}
