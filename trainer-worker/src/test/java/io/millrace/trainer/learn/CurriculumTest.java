package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.ImageStrength;
import io.millrace.trainer.augment.SensorStrength;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurriculumTest {
    private final FreshLabels labels = new FreshLabels(100, 4);

    private Curriculum curriculum(String floor) {
        LearnSettings settings = LearnSettingsTest.with(Map.of("trainer.augment.curriculum.floor", floor));
        return new Curriculum(settings, SampleShape.of(1, 8, 8), labels);
    }

    @Test
    void shouldGrowWithTheAccuracyWhenItHasAFloor() {
        Curriculum curriculum = curriculum("0.5");
        assertThat(curriculum.strength()).isEqualTo(0.5);

        for (int i = 0; i < 400; i++) {
            labels.add(i % 4, i % 5 > 0);
        }

        double bound = labels.accuracyBound();
        assertThat(bound).isBetween(0.7, 0.8);
        assertThat(labels.majority()).isCloseTo(0.25, within(0.005));
        assertThat(curriculum.strength())
                .isCloseTo(0.5 + 0.5 * (bound - labels.majority()) / (1 - labels.majority()), within(1e-9))
                .isBetween(0.8, 0.88);
        for (int i = 0; i < 2_000; i++) {
            labels.add(i % 4, false);
        }
        assertThat(curriculum.strength()).isEqualTo(0.5);
    }

    @Test
    void shouldStayFullWhenItIsOff() {
        assertThat(curriculum("1").strength()).isEqualTo(1);
    }

    @Test
    void shouldScaleStrongViewsAloneWhenStrengthIsHalf() {
        assertThat(new ImageStrength(true, 0.1, 0.2, 10, 0.4, 0.6, 0.8, 1, 0.5).scaled(0.5))
                .isEqualTo(new ImageStrength(true, 0.1, 0.1, 5, 0.2, 0.3, 0.4, 0.5, 0.25));
        assertThat(new SensorStrength(0.1, 0.2, 0.3, 0.4, 0.6, 0.8).scaled(0.5))
                .isEqualTo(new SensorStrength(0.1, 0.1, 0.3, 0.2, 0.3, 0.4));
    }
}
