package io.millrace.quickstart.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlowTrainerTest {
    private Instant now = Instant.EPOCH;

    @Test
    void shouldSaySoOnceWhenTheFeedStandsStillForLong() {
        SlowTrainer slow = new SlowTrainer(() -> now);
        assertThat(slow.check(100, 100)).isFalse();
        now = now.plusSeconds(29);
        assertThat(slow.check(100, 100)).isFalse();
        now = now.plusSeconds(1);

        assertThat(slow.check(100, 100)).isTrue();

        assertThat(slow.check(100, 100)).isFalse();
    }

    @Test
    void shouldSayNothingWhileTheFeedGoesOn() {
        SlowTrainer slow = new SlowTrainer(() -> now);
        for (int i = 0; i < 10; i++) {
            now = now.plusSeconds(20);
            assertThat(slow.check(i, 100)).isFalse();
        }
    }
}
