package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.Settings;
import io.millrace.trainer.augment.ImageStrength;
import io.millrace.trainer.augment.SensorStrength;
import io.millrace.trainer.model.Architecture;
import io.millrace.trainer.model.OptimizerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class LearnSettingsTest {
    /** Settings with some keys given and the others at their defaults. */
    static LearnSettings with(Map<String, String> given) {
        ConfigDef declared = LearnSettings.declareIn(new ConfigDef());
        return LearnSettings.from(Settings.of(declared, Set.of(), List.of(given)));
    }

    @Test
    void shouldHaveTheseDefaultsWhenNothingIsGiven() {
        assertThat(with(Map.of()))
                .isEqualTo(new LearnSettings(
                        MethodName.ADAMATCH,
                        7,
                        "auto",
                        0,
                        32,
                        64,
                        Architecture.RESNET7,
                        32,
                        new OptimizerConfig(OptimizerConfig.Rule.SGD, 0.05f, 50, 0.9f, 5e-4f, 1),
                        500,
                        new PseudoLabelSchedule(100, 100, 1),
                        new GateSettings(0.95f, 0.95f, 0.8f, 0.95f, 300),
                        new Additions(
                                AlignmentUse.NONE,
                                AlignmentPrior.UNIFORM,
                                false,
                                0,
                                0,
                                1,
                                new GateRules(10, 200, 10_000, 2, 0.05, 0, 0)),
                        2000,
                        2000,
                        0.5,
                        1,
                        0,
                        new ImageStrength(false, 0.08, 0.0715, 10, 0.1, 0.2, 0.3, 0.3, 0.5),
                        new SensorStrength(0.05, 0.1, 0.02, 0.15, 0.2, 0.25)));
    }

    @Test
    void shouldTakeEveryKeyWhenAllAreGiven() {
        LearnSettings defaults = with(Map.of());
        Map<String, String> others = new HashMap<>();
        LearnSettings.declareIn(new ConfigDef()).configKeys().forEach((name, key) -> others.put(name, other(key)));

        LearnSettings settings = with(others);

        assertThat(settings).usingRecursiveComparison().isNotEqualTo(defaults);
        others.forEach(
                (key, value) -> assertThat(with(Map.of(key, value))).as(key).isNotEqualTo(defaults));
    }

    private static String other(ConfigDef.ConfigKey key) {
        return switch (key.type) {
            case STRING ->
                Map.of(
                                "resnet7",
                                "conv4",
                                "adamatch",
                                "mean-teacher",
                                "auto",
                                "cpu",
                                "sgd",
                                "adamw",
                                "none",
                                "weight",
                                "uniform",
                                "labels")
                        .get(key.defaultValue);
            case LONG -> "8";
            case INT -> Integer.toString((int) key.defaultValue + 8);
            case BOOLEAN -> "true";
            default -> key.defaultValue.equals(0.0) ? "0.5" : Double.toString((double) key.defaultValue * 0.99);
        };
    }

    @Test
    void shouldNameEveryErrorWhenValuesCannotBeUsed() {
        Map<String, String> bad = Map.of(
                "trainer.method", "magic",
                "trainer.optimizer.learning.rate", "NaN",
                "trainer.gate.confidence.threshold", "1.5",
                "trainer.network.width", "20",
                "trainer.labeled.mixup.alpha", "0.01");

        assertThatThrownBy(() -> with(bad))
                .isInstanceOf(BadSettingsException.class)
                .hasMessageStartingWith("5 error(s)")
                .hasMessageContaining("trainer.optimizer.learning.rate: expected 1.0E-8 to 100")
                .hasMessageContaining("expected a multiple of 8 up to 1024");
    }
}
