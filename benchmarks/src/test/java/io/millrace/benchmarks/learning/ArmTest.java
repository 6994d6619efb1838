package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.benchmarks.learning.Arm.Learns;
import io.millrace.trainer.learn.MethodName;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ArmTest {
    @Test
    void shouldReadWhatIsAskedFor() {
        assertThat(Arm.of("pi-model")).isEqualTo(new Arm("pi-model", Learns.FROM_STREAM, MethodName.PI_MODEL, 1));
        assertThat(Arm.of("supervised*3"))
                .isEqualTo(new Arm("supervised*3", Learns.FROM_STREAM, MethodName.SUPERVISED, 3));
        assertThat(Arm.of("no-update").learner()).isEqualTo(Learns.FROM_START);
        assertThat(Arm.of("oracle").learner()).isEqualTo(Learns.FROM_EVERY_LABEL);
        assertThat(Arm.of("supervised@adamatch").method()).isEqualTo(MethodName.SUPERVISED);
        assertThat(Arm.paced("supervised@adamatch*2")).contains("adamatch*2");
        assertThat(Arm.paced("supervised")).isEmpty();
        assertThat(Arm.unpaced("supervised@adamatch")).isEqualTo("supervised");
    }

    @Test
    void shouldRefuseWhatIsNone() {
        for (String text :
                new String[] {"magic", "supervised*", "supervised*0", "supervised*-1", "supervised*101", "*2", ""}) {
            assertThatThrownBy(() -> Arm.of(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldSpreadStepsEvenlyOverBatches() {
        assertThat(LongStream.rangeClosed(1, 6).map(Arm.of("supervised*2.5")::stepsOf))
                .containsExactly(2L, 3L, 2L, 3L, 2L, 3L);
        assertThat(LongStream.rangeClosed(1, 4).map(Arm.of("supervised*0.5")::stepsOf))
                .containsExactly(0L, 1L, 0L, 1L);
        assertThat(LongStream.rangeClosed(1, 3).map(Arm.of("supervised")::stepsOf))
                .containsOnly(1L);
    }
}
