package io.millrace.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChannelTest {
    private static final float[] WINDOW = {9, 1, 3, 1, 3, 5, 5};

    @Test
    void shouldTellMeanAndDeviationOfItsOwnValuesAlone() {
        assertThat(Channel.of(WINDOW, 1, 4)).isEqualTo(new Channel(2, 1));
    }

    @Test
    void shouldHaveNoDeviationWhenConstant() {
        assertThat(Channel.of(WINDOW, 5, 2)).isEqualTo(new Channel(5, 0));
    }
}
