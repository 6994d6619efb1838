package io.millrace.trainer.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DoubtTest {
    private static void score(Doubt doubt, int right, int wrong) {
        for (int i = 0; i < right; i++) {
            doubt.scored(false);
        }
        for (int i = 0; i < wrong; i++) {
            doubt.scored(true);
        }
    }

    @Test
    void shouldEndWhenTheLatestLabelsAreAnsweredAlmostAsBefore() {
        Doubt doubt = new Doubt(10);
        score(doubt, 10, 0);
        assertThat(doubt.isThere()).isFalse();

        doubt.raise(0.2); // so 3 of 10 may be mistaken
        score(doubt, 0, 4);
        score(doubt, 6, 0);
        assertThat(doubt.isThere()).as("4 of 10").isTrue();
        score(doubt, 1, 0);
        assertThat(doubt.isThere()).as("3 of 10").isFalse();
    }

    @Test
    void shouldWaitForEnoughLabelsWhenTheFirstAreRight() {
        Doubt doubt = new Doubt(10);
        doubt.raise(0.5);
        score(doubt, 9, 0);
        assertThat(doubt.isThere()).isTrue();
    }

    @Test
    void shouldKeepTheLowerShareAndBeginAnewWhenMistakesRiseAgain() {
        Doubt doubt = new Doubt(10);
        doubt.raise(0.2);
        score(doubt, 6, 0);
        doubt.raise(0.6);
        score(doubt, 4, 0);
        assertThat(doubt.isThere()).as("four labels since").isTrue();
        score(doubt, 2, 4);
        assertThat(doubt.isThere()).as("4 of 10 against 0.2").isTrue();
    }

    @Test
    void shouldAskForTheBestOfBeforeWhenDriftsFollowEachOther() {
        Doubt doubt = new Doubt(10);
        doubt.raise(0.2);
        score(doubt, 7, 3);
        assertThat(doubt.isThere()).isFalse();

        doubt.raise(0.7);
        score(doubt, 5, 5);
        assertThat(doubt.isThere()).isTrue();
        score(doubt, 7, 3);
        assertThat(doubt.isThere()).isFalse();
    }

    @Test
    void shouldNeverBeThereWhenTurnedOff() {
        Doubt doubt = new Doubt(0);
        doubt.raise(0.1);
        assertThat(doubt.isThere()).isFalse();
    }

    @Test
    void shouldDecideAlikeWhenRestored() {
        Doubt doubt = new Doubt(10);
        doubt.raise(0.2);
        score(doubt, 6, 3);
        Doubt restored = new Doubt(10);
        restored.restore(doubt.state());

        assertThat(restored.isThere()).isTrue();
        restored.scored(false);
        assertThat(restored.isThere()).isFalse();
        restored.restore(List.of());
        assertThat(restored.isThere()).isFalse();
    }
}
