package io.millrace.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The boundaries that ARCHITECTURE.md draws. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace.trainer");

    private static final ArchRule NO_CLOCK_NO_CHANCE = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .because("time and chance are passed in");

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("io.millrace.trainer.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void shouldKeepStagesFromKnowingTheSpine() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.trainer.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.millrace.trainer")
                .check(MAIN);
    }

    @Test
    void shouldUseDjlOnlyWhereTensorsAre() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.millrace.trainer.model..", "io.millrace.trainer.learn..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(MAIN);
    }

    @Test
    void shouldUseKafkaOnlyAtTheEdges() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.millrace.trainer", "io.millrace.trainer.ingest..", "io.millrace.trainer.publish..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka.clients..",
                        "org.apache.kafka.common.serialization..",
                        "org.apache.kafka.streams..")
                .check(MAIN);
    }

    @Test
    void shouldDecidePromotionsOnNumbersAlone() {
        classes()
                .that()
                .resideInAPackage("io.millrace.trainer.promote..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "io.millrace.trainer.promote..", "io.millrace.trainer.evaluate..")
                .check(MAIN);
    }

    @Test
    void shouldNotKnowTheStreamApp() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.millrace.stream..", "org.apache.kafka.streams..")
                .check(MAIN);
    }

    @Test
    void shouldCallThingsByTheirName() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helper|Manager|Impl)")
                .orShould()
                .haveNameMatching("(?i).*\\.ssl\\w*")
                .check(MAIN);
    }

    @Test
    void shouldHaveTimeAndChancePassedIn() {
        NO_CLOCK_NO_CHANCE.check(MAIN);
    }

    @Test
    void shouldNoticeAClassThatLooksAtTheClock() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class);

        assertThat(MAIN).isNotEmpty();
        assertThatThrownBy(() -> NO_CLOCK_NO_CHANCE.check(planted)).isInstanceOf(AssertionError.class);
    }

    /** Breaks a rule on purpose. */
    static final class Planted {
        Instant now() {
            return Instant.now();
        }
    }
}
