package dev.mlops.examples.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.error.MergeConflictException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of docs/architecture.md, checked on the main classes of every published module. */
class ArchitectureTest {

    /** Each published module and the other modules that its main code may see. */
    private static final Map<String, Set<String>> MAY_SEE = Map.of(
            "api", Set.of(),
            "testkit", Set.of("api"),
            "core", Set.of("api"),
            "jdbc", Set.of("api"),
            "s3", Set.of("api"),
            "onnx", Set.of("api"),
            "edge", Set.of("api", "core"),
            "embedded", Set.of("api", "core", "jdbc"));

    static final List<String> MODULES = MAY_SEE.keySet().stream().sorted().toList();

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(
                    MODULES.stream().map(module -> "dev.mlops." + module).toList());

    @ParameterizedTest
    @FieldSource("MODULES")
    void moduleHasClassesToCheck(String module) {
        assertThat(MAIN.stream().filter(resideInAnyPackage(packagesOf(module)))).isNotEmpty();
    }

    static Stream<Arguments> modulesAndWhatTheyMaySee() {
        return MAY_SEE.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("modulesAndWhatTheyMaySee")
    void moduleSeesOnlyTheModulesBelowIt(String module, Set<String> allowed) {
        String[] visible = Stream.concat(Stream.of(module), allowed.stream())
                .map(ArchitectureTest::packagesOf)
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.mlops..").and(not(resideInAnyPackage(visible))))
                .because("mlops-%s may see only %s".formatted(module, allowed)));
    }

    @ParameterizedTest
    @FieldSource("MODULES")
    void featurePackagesOfAModuleHaveNoCycles(String module) {
        check(slices().matching("dev.mlops.%s.(**)".formatted(module))
                .should()
                .beFreeOfCycles()
                // An exception carries what it tells; all of them stay in one package, below one root.
                .ignoreDependency(MergeConflictException.class, MergeConflict.class));
    }

    @Test
    void packagesAreNamedByFeature() {
        check(noClasses()
                .should()
                .resideInAnyPackage("..impl..", "..util..", "..utils..", "..common..", "..dao..", "..service.."));
    }

    @Test
    void typesAreNamedByWhatTheyAre() {
        check(noClasses().should().haveSimpleNameEndingWith("Impl"));
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(MAIN.stream().map(JavaClass::getPackage).distinct())
                .filteredOn(javaPackage -> !javaPackage.isAnnotatedWith(NullMarked.class))
                .extracting(JavaPackage::getName)
                .isEmpty();
    }

    @Test
    void apiDependsOnTheJdkAndJSpecifyOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(packagesOf("api"))
                .should()
                .dependOnClassesThat(
                        resideOutsideOfPackages(packagesOf("api"), "java..", "javax..", "org.jspecify..")));
    }

    @Test
    void onlyTheJdbcModuleTalksSql() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(packagesOf("jdbc"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..", "org.flywaydb..", "org.sqlite.."));
    }

    @Test
    void httpGoesThroughOkHttpInTheModulesThatNeedIt() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(packagesOf("s3"), packagesOf("edge"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("okhttp3..", "okio.."));
        check(noClasses()
                .that()
                .resideOutsideOfPackage(packagesOf("testkit"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "org.apache.http..", "org.apache.hc..")
                .because("a suite may ask what it tests with the JDK's client, a host has one HTTP stack"));
        check(noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.net.HttpURLConnection"));
    }

    @Test
    void wiringIsExplicit() {
        check(noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.util.ServiceLoader"));
        check(noClasses()
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .because("the host decides what the library gets"));
    }

    @Test
    void timeComesFromTheClockOfTheHost() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(packagesOf("testkit"))
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.LocalDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis"));
    }

    @Test
    void nothingIsPrintedButByPrograms() {
        check(noClasses()
                .that(not(areProgramsToRun()))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace"));
    }

    @Test
    void noMutableStaticState() {
        check(fields().that().areStatic().should().beFinal());
    }

    @Test
    void exceptionsAreUncheckedOrInternal() {
        check(classes()
                .that()
                .areAssignableTo(Exception.class)
                .and()
                .arePublic()
                .should()
                .beAssignableTo(RuntimeException.class));
    }

    private static DescribedPredicate<JavaClass> areProgramsToRun() {
        return describe(
                "are programs to run",
                type -> type.tryGetMethod("main", String[].class).isPresent());
    }

    private static String packagesOf(String module) {
        return "dev.mlops." + module + "..";
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }
}
