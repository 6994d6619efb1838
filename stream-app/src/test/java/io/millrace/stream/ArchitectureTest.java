package io.millrace.stream;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The boundaries of the stages; STYLE.md says why. */
class ArchitectureTest {
    private static final String BASE = "io.millrace.stream.";
    private static final List<String> STAGES = List.of("ingest", "validate", "deduplicate", "join", "route");
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace.stream");

    @Test
    void shouldHaveNoPackageCycles() {
        slices().matching("io.millrace.stream.(*)..").should().beFreeOfCycles().check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(BASE + "*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.millrace.stream")
                .check(CLASSES);
    }

    @Test
    void shouldKeepStagesFromKnowingEachOther() {
        for (String stage : STAGES) {
            others(stage).check(CLASSES);
        }
    }

    @Test
    void shouldNoticeWhenStageKnowsAnother() {
        // Given a rule that the spine would break, were it a stage
        ArchRule rule = noClasses()
                .that()
                .resideInAPackage("io.millrace.stream")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + "join");
        // When
        boolean broken = rule.evaluate(CLASSES).hasViolation();
        // Then
        assertThat(broken).isTrue();
    }

    @Test
    void shouldKeepKafkaOutOfJudgement() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + "validate", BASE + "flow", BASE + "route")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.micrometer..", "io.millrace.runtime..")
                .check(CLASSES);
    }

    @Test
    void shouldNotKnowTheTrainer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..", "io.millrace.trainer..", "io.millrace.quickstart..")
                .check(CLASSES);
    }

    @Test
    void shouldTakeTimeAndChanceFromOutside() {
        noClasses()
                .that()
                .resideInAPackage(BASE + "*..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.InstantSource.class, "system")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(java.util.Random.class)
                .check(CLASSES);
    }

    @Test
    void shouldSayWhatClassesAre() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(CLASSES);
        assertThat(CLASSES.stream().filter(type -> type.getSimpleName().endsWith("Config")))
                .allMatch(JavaClass::isRecord);
    }

    @Test
    void shouldShowFewClassesOfEachStage() {
        // When
        Map<String, Long> visible = CLASSES.stream()
                .filter(type -> type.getModifiers().contains(PUBLIC) && type.isTopLevelClass())
                .filter(type -> !type.isRecord() && !type.isInterface())
                .filter(type -> STAGES.contains(type.getPackageName().replace(BASE, "")))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        // Then
        assertThat(visible).hasSize(STAGES.size());
        assertThat(visible.values()).allMatch(count -> count <= 3);
    }

    private static ArchRule others(String stage) {
        String[] others = STAGES.stream()
                .filter(other -> !other.equals(stage))
                .map(other -> BASE + other)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(BASE + stage)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others);
    }
}
