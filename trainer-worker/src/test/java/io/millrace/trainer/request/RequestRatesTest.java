package io.millrace.trainer.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.batch.HoldoutRule;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestRatesTest {
    private static final int FRAMES = 100_000;

    @Test
    void shouldGiveTheHoldoutWhatItWouldGetIfAllWereRandom() {
        RequestRates rates = RequestRates.of(new RequestSettings(0.01, 0.2, 500), 0.1);

        assertThat(rates.heldOut()).isEqualTo(0.01, within(1e-12));
        assertThat(rates.random()).isEqualTo(0.01 * 0.1 / 0.9, within(1e-12));
        assertThat(rates.best()).isEqualTo(0.01 * 0.8 / 0.9, within(1e-12));
    }

    @Test
    void shouldGiveTheHoldoutAllRandomRequestsWhenTheyAreFewerThanItsShare() {
        RequestRates rates = RequestRates.of(new RequestSettings(0.01, 0.05, 500), 0.1);

        assertThat(rates.heldOut()).isEqualTo(0.005, within(1e-12));
        assertThat(rates.random()).isZero();
        assertThat(rates.best()).isEqualTo(0.01 * 0.95 / 0.9, within(1e-12));
    }

    @Test
    void shouldSpendTheBudgetAndNoMoreWhateverTheShares() {
        for (double holdout : new double[] {0.01, 0.1, 0.5}) {
            for (double random : new double[] {0, 0.05, 0.2, 1}) {
                RequestRates rates = RequestRates.of(new RequestSettings(0.02, random, 500), holdout);

                double spent = holdout * rates.heldOut() + (1 - holdout) * (rates.random() + rates.best());
                double toRandom = holdout * rates.heldOut() + (1 - holdout) * rates.random();
                assertThat(spent).isEqualTo(0.02, within(1e-12));
                assertThat(toRandom).isEqualTo(0.02 * random, within(1e-12));
            }
        }
    }

    @Test
    void shouldAskForNothingWithoutABudget() {
        assertThat(RequestRates.of(new RequestSettings(0, 0.2, 500), 0.1)).isEqualTo(new RequestRates(0, 0, 0));
    }

    /** With CRC32C alone a held-out frame would be drawn for certain or never, which this would notice. */
    @Test
    void shouldDrawHeldOutFramesAsOftenAsOthersAtTheSameRate() {
        HoldoutRule holdout = new HoldoutRule(0.1);
        RequestRates rates = new RequestRates(0.2, 0.2, 0);
        int heldOut = 0;
        int drawnOfHeldOut = 0;
        int drawnOfOthers = 0;
        for (int i = 0; i < FRAMES; i++) {
            String frameId = "frame-" + i;
            boolean isHeldOut = holdout.holdsOut(frameId);
            boolean isDrawn = rates.draws(frameId, isHeldOut);
            heldOut += isHeldOut ? 1 : 0;
            drawnOfHeldOut += isHeldOut && isDrawn ? 1 : 0;
            drawnOfOthers += !isHeldOut && isDrawn ? 1 : 0;
        }

        assertThat(drawnOfHeldOut / (double) heldOut).isEqualTo(0.2, within(0.016)); // four standard deviations
        assertThat(drawnOfOthers / (double) (FRAMES - heldOut)).isEqualTo(0.2, within(0.006));
    }

    /** Frames of ten kinds, of which one comes ten times as often: labels of the holdout have them in the same shares. */
    @Test
    void shouldDrawTheHoldoutFairlyWhateverTheFramesShow() {
        HoldoutRule holdout = new HoldoutRule(0.1);
        RequestRates rates = RequestRates.of(new RequestSettings(0.5, 0.2, 500), 0.1);
        int[] seen = new int[10];
        int[] held = new int[10];
        for (int i = 0; i < FRAMES; i++) {
            int kind = i % 19 < 10 ? 0 : i % 19 - 9;
            String frameId = "fashion-s1-%06d".formatted(i);
            seen[kind]++;
            held[kind] += holdout.holdsOut(frameId) && rates.draws(frameId, true) ? 1 : 0;
        }

        double all = IntStream.of(held).sum() / (double) FRAMES;
        assertThat(all).isEqualTo(0.05, within(0.003));
        for (int kind = 0; kind < 10; kind++) {
            double deviation = Math.sqrt(all / seen[kind]);
            assertThat(held[kind] / (double) seen[kind]).isEqualTo(all, within(4 * deviation));
        }
    }
}
