package io.millrace.runtime;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every process has in common: settings, port, life cycle, blobs. It knows no stage and no tensor. */
class ArchitectureTest {
    private static final int FEW = 10;

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace.runtime");

    @Test
    void shouldKnowNeitherStreamsNorTensors() {
        without("org.apache.kafka.streams..", "ai.djl..").check(MAIN);
    }

    @Test
    void shouldNotKnowItsUsers() {
        without("io.millrace.stream..", "io.millrace.trainer..", "io.millrace.quickstart..")
                .check(MAIN);
    }

    @Test
    void shouldNoticeAForbiddenDependency() {
        assertThat(without("org.apache.kafka.common..").evaluate(MAIN).hasViolation())
                .isTrue();
    }

    @Test
    void shouldShowFewClasses() {
        List<String> visible = MAIN.stream()
                .filter(type -> type.getPackageName().equals("io.millrace.runtime"))
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
                .filter(type -> !type.isRecord() && !type.isInterface() && !type.isEnum())
                .map(JavaClass::getSimpleName)
                .toList();

        assertThat(visible).isNotEmpty().hasSizeLessThanOrEqualTo(FEW);
    }

    @Test
    void shouldCallThingsByTheirName() {
        noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)").check(MAIN);
    }

    private static ArchRule without(String... packages) {
        return noClasses().should().dependOnClassesThat().resideInAnyPackage(packages);
    }
}
