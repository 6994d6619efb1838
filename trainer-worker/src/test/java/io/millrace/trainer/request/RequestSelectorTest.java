package io.millrace.trainer.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.record.RequestReason;
import io.millrace.trainer.learn.Outlook;
import io.millrace.trainer.request.RequestSelector.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestSelectorTest {
    private static final float[][] NONE = new float[0][];
    private static final float[] EAST = {1, 0};
    private static final float[] WEST = {-1, 0};
    private static final float[] NORTH = {0, 1};
    private static final float[] SOUTH = {0, -1};
    private static final float[] NORTH_EAST = {1, 1};

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
            assertThat(choice.score()).as("0.9 x 1").isEqualTo(0.9f, within(1e-6f));
        });
    }

    @Test
    void shouldSayNovelWhenNoveltyStandsOutMoreThanUncertainty() {
        // Uncertainty 0.7, 0.7, 0.9: mean 0.767. Novelty 0, 1 and 1 - cos 45 degrees = 0.293: mean 0.431.
        Outlook window = window(new float[][] {HALF, HALF, TORN}, EAST, NORTH, NORTH_EAST);

        List<Choice> chosen = RequestSelector.choose(3, window, new float[][] {EAST}, NONE);

        assertThat(chosen)
                .extracting(Choice::index)
                .as("a copy is worth nothing")
                .containsExactly(2, 1);
        assertThat(chosen.get(0).score())
                .as("not near: 0.293 is more than 0.431 / 2")
                .isEqualTo(0.9f, within(1e-6f));
        assertThat(chosen.get(0).reason()).isEqualTo(RequestReason.UNCERTAIN); // 0.293 / 0.431 < 0.9 / 0.767
        assertThat(chosen.get(1).score()).isEqualTo(0.7f, within(1e-6f));
        assertThat(chosen.get(1).reason()).isEqualTo(RequestReason.NOVEL); // 1 / 0.431 > 0.7 / 0.767
    }

    @Test
    void shouldCountLessWhatIsNearALabeledFrame() {
        // Novelty 1 - cos 45 degrees = 0.293, 1, 1 and 1: mean 0.823, so nearer than 0.412 is near.
        Outlook window = window(new float[][] {TORN, HALF, SURE, SURE}, NORTH_EAST, NORTH, WEST, SOUTH);

        List<Choice> chosen = RequestSelector.choose(2, window, new float[][] {EAST}, NONE);

        assertThat(chosen).extracting(Choice::index).containsExactly(1, 0);
        assertThat(chosen.get(1).score())
                .as("0.9 x 0.293 / 0.412, and as much again by the one just taken")
                .isEqualTo((float) (0.9 * Math.pow(0.29289 / 0.41161, 2)), within(1e-3f));
    }

    @Test
    void shouldAskForNoneOfManyCopiesOfALabeledFrame() {
        float[] nearly = {1, 1e-3f}; // half a millionth away: a copy but for rounding
        Outlook window = window(new float[][] {TORN, TORN, TORN}, EAST, nearly, EAST);

        assertThat(RequestSelector.choose(3, window, new float[][] {EAST}, NONE))
                .allSatisfy(choice -> assertThat(choice.score()).isLessThan(1e-3f));
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
    void shouldMeasureTheAngleBetweenFeaturesWhateverTheirLength() {
        double[][] directions = Directions.of(new float[][] {{2, 0}, {7, 0}, {3, 3}, {0, 1}, {0, 0}});

        assertThat(directions[2]).containsExactly(new double[] {Math.sqrt(0.5), Math.sqrt(0.5)}, within(1e-9));
        assertThat(Directions.distance(directions[0], directions[1])).isZero();
        assertThat(Directions.distance(directions[0], directions[2])).isEqualTo(1 - Math.sqrt(0.5), within(1e-9));
        assertThat(Directions.distance(directions[0], directions[3])).isEqualTo(1);
        assertThat(Directions.distance(directions[0], directions[4]))
                .as("no direction")
                .isEqualTo(1);
        assertThat(Directions.nearest(directions[3], new double[][] {directions[0], directions[2]}))
                .isEqualTo(1 - Math.sqrt(0.5), within(1e-9));
        assertThat(Directions.nearest(directions[3], new double[0][])).isEqualTo(1);
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
