package io.millrace.trainer.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.record.RequestReason;
import io.millrace.trainer.learn.Outlook;
import io.millrace.trainer.request.RequestSelector.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The mean of the features of each window here is the origin, so that angles can be read off. */
class RequestSelectorTest {
    private static final float[][] NONE = new float[0][];
    private static final float[] EAST = {1, 0};
    private static final float[] WEST = {-1, 0};
    private static final float[] NORTH = {0, 1};
    private static final float[] SOUTH = {0, -1};

    private static final float[] SURE = {0.9f, 0.1f, 0};
    private static final float[] HALF = {0.6f, 0.1f, 0.3f};
    private static final float[] TORN = {0.1f, 0.4f, 0.5f};

    @Test
    void shouldMeasureTheLeadOfTheFirstClassOverTheSecond() {
        assertThat(RequestSelector.uncertainty(SURE)).isEqualTo(0.2, within(1e-6));
        assertThat(RequestSelector.uncertainty(HALF)).isEqualTo(0.7, within(1e-6));
        assertThat(RequestSelector.uncertainty(TORN)).isEqualTo(0.9, within(1e-6));
        assertThat(RequestSelector.uncertainty(new float[] {1, 0, 0})).isZero();
        assertThat(RequestSelector.uncertainty(new float[] {0.5f, 0.5f, 0})).isEqualTo(1);
    }

    @Test
    void shouldTakeTheMostUncertainWhenNothingIsLabeledOrAskedFor() {
        Outlook window = window(new float[][] {SURE, TORN, HALF, SURE}, EAST, WEST, NORTH, SOUTH);

        List<Choice> chosen = RequestSelector.choose(1, window, NONE, NONE);

        assertThat(chosen).singleElement().satisfies(choice -> {
            assertThat(choice.index()).isEqualTo(1);
            assertThat(choice.score()).isEqualTo(0.9f, within(1e-6f));
            assertThat(choice.reason()).isEqualTo(RequestReason.UNCERTAIN);
        });
    }

    @Test
    void shouldTakeTheNovelOneOfTwoThatAreEquallyUncertain() {
        Outlook window = window(new float[][] {TORN, TORN, SURE, SURE}, EAST, WEST, NORTH, SOUTH);

        List<Choice> chosen = RequestSelector.choose(1, window, new float[][] {EAST}, NONE);

        assertThat(chosen).singleElement().satisfies(choice -> {
            assertThat(choice.index()).isEqualTo(1);
            assertThat(choice.score()).as("0.9 x (1 + 1) / 2").isEqualTo(0.9f, within(1e-6f));
        });
    }

    @Test
    void shouldSayNovelWhenNoveltyStandsOutMoreThanUncertainty() {
        // Uncertainty 0.7, 0.7, 0.7, 0.9: mean 0.75. Novelty 0, 1, 0.5, 0.5: mean 0.5.
        Outlook window = window(new float[][] {HALF, HALF, HALF, TORN}, EAST, WEST, NORTH, SOUTH);

        List<Choice> chosen = RequestSelector.choose(2, window, new float[][] {EAST}, NONE);

        assertThat(chosen.get(0).index()).isEqualTo(1); // 0.7 x 1
        assertThat(chosen.get(0).reason()).isEqualTo(RequestReason.NOVEL); // 1 / 0.5 > 0.7 / 0.75
        assertThat(chosen.get(1).index()).isEqualTo(3); // 0.9 x 0.5 x 0.5 beats 0.7 x 0.5 x 0.5
        assertThat(chosen.get(1).reason()).isEqualTo(RequestReason.UNCERTAIN); // 0.5 / 0.5 < 0.9 / 0.75
    }

    @Test
    void shouldKeepApartFromWhatIsAskedForAlready() {
        Outlook window = window(new float[][] {TORN, HALF, SURE, SURE}, EAST, WEST, NORTH, SOUTH);

        List<Choice> chosen = RequestSelector.choose(1, window, NONE, new float[][] {EAST});

        assertThat(chosen).singleElement().satisfies(choice -> {
            assertThat(choice.index()).isEqualTo(1);
            assertThat(choice.score()).isEqualTo(0.7f, within(1e-6f));
        });
    }

    @Test
    void shouldLowerTheScoreOfWhatIsLikeTheOneJustTaken() {
        // Twice the same frame in the east: the second of them is worth nothing once the first is taken.
        Outlook window = window(new float[][] {TORN, TORN, SURE, SURE}, EAST, EAST, WEST, WEST);

        List<Choice> chosen = RequestSelector.choose(4, window, NONE, NONE);

        assertThat(chosen).extracting(Choice::index).containsExactly(0, 2);
        assertThat(chosen.get(1).score()).isEqualTo(0.2f, within(1e-6f));
    }

    @Test
    void shouldSeeDirectionsFromTheMeanOfTheWindow() {
        float[][] features = {{11, 20}, {9, 20}, {10, 21}, {10, 19}};
        double[][] directions = new FeatureSpace(features).directions(features);

        assertThat(directions[0]).containsExactly(new double[] {1, 0}, within(1e-6));
        assertThat(FeatureSpace.distance(directions[0], directions[0])).isZero();
        assertThat(FeatureSpace.distance(directions[0], directions[2])).isEqualTo(0.5, within(1e-6));
        assertThat(FeatureSpace.distance(directions[0], directions[1])).isEqualTo(1, within(1e-6));
    }

    @Test
    void shouldChooseNothingFromAnEmptyWindow() {
        assertThat(RequestSelector.choose(3, new Outlook(NONE, NONE), NONE, NONE))
                .isEmpty();
    }

    private static Outlook window(float[][] probabilities, float[]... features) {
        return new Outlook(probabilities, features);
    }
}
