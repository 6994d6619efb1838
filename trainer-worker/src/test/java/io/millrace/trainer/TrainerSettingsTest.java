package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainerSettingsTest {
    private static TrainerSettings with(Map<String, String> given) {
        return TrainerSettings.from(Settings.of(TrainerSettings.declare(), Set.of(), List.of(given)));
    }

    @Test
    void shouldRefuseBuffersThatNoCheckpointCanHold() {
        Map<String, String> large = Map.of("pipeline.frame.shape", "3,224,224");

        assertThatThrownBy(() -> with(large))
                .isInstanceOf(BadSettingsException.class)
                .hasMessageContaining("6000 samples of 150528 values")
                .hasMessageContaining("trainer.replay.unlabeled.capacity");
    }

    @Test
    void shouldTakeLargeFramesWithSmallBuffers() {
        TrainerSettings settings = with(Map.of(
                "pipeline.frame.shape", "3,224,224",
                "trainer.replay.labeled.capacity", "1000",
                "trainer.replay.unlabeled.capacity", "1000",
                "trainer.holdout.capacity", "1000"));

        assertThat(settings.labeledCapacity()).isEqualTo(1_000);
    }
}
