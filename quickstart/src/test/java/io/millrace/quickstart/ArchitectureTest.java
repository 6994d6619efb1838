package io.millrace.quickstart;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The quickstart is a user of the pipeline: it reads topics and starts parts, and nothing depends on it. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace.quickstart");

    /** {@link System#nanoTime} is allowed: it measures how long something took and decides no frame and no label. */
    private static final ArchRule NO_CLOCK_NO_CHANCE = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(InstantSource.class, "system")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .because("time and chance are passed in");

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("io.millrace.quickstart.(*)..")
                .should()
                .beFreeOfCycles()
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("io.millrace.quickstart.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.millrace.quickstart")
                .check(MAIN);
    }

    @Test
    void shouldStartThePartsFromTheCommandsOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.millrace.quickstart",
                        "io.millrace.quickstart.report..",
                        "io.millrace.quickstart.models..",
                        "io.millrace.quickstart.doctor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.millrace.stream..", "io.millrace.trainer..")
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.quickstart")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..")
                .check(MAIN);
    }

    @Test
    void shouldLeaveTensorsToTheTrainerAndStreamsToTheStreamApp() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..", "org.apache.kafka.streams..")
                .check(MAIN);
    }

    @Test
    void shouldKnowTheBrokersInsidesInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.quickstart.broker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("kafka..", "scala..", "org.apache.kafka.server..")
                .check(MAIN);
    }

    @Test
    void shouldHaveTimeAndChancePassedIn() {
        JavaClasses parts = MAIN.that(DescribedPredicate.describe(
                "outside of the commands", type -> !type.getPackageName().equals("io.millrace.quickstart")));
        assertThat(parts).isNotEmpty();
        NO_CLOCK_NO_CHANCE.check(parts);
    }

    @Test
    void shouldCallThingsByTheirName() {
        noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)").check(MAIN);
    }

    @Test
    void shouldNoticeAClassThatLooksAtTheClock() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class);

        assertThatThrownBy(() -> NO_CLOCK_NO_CHANCE.check(planted)).isInstanceOf(AssertionError.class);
    }

    /** Breaks a rule on purpose. */
    static final class Planted {
        Instant now() {
            return Instant.now();
        }
    }
}
