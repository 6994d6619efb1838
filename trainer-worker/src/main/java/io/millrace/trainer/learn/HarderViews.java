package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Network;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes one view of the two strong ones that each sample has: the first, and for an easy sample one half of it pasted from
 * the second (Gui et al. 2023, SAA, section 3.3). The halves are left and right, of an image or of a window's time.
 *
 * @param difficulty says what is easy
 * @param seed root of randomness: which half is pasted
 */
record HarderViews(SlotDifficulty difficulty, long seed) implements Perturbation {

    @Override
    public StudentRows perturb(StudentRows seen, Network network, NDArray weights, TrainingBatch batch) {
        int count = seen.chosen().length;
        int rows = seen.labeled() + count;
        int size = seen.samples().length / seen.rows();
        int across = network.config()
                .input()
                .dimensions()
                .get(network.config().input().dimensions().size() - 1);
        float[] samples = Arrays.copyOf(seen.samples(), rows * size);
        SplittableRandom random = Randomness.at(seed, batch.step(), Purpose.HARDER_VIEW);
        for (int i = 0; i < count; i++) {
            boolean left = random.nextBoolean();
            if (difficulty.isEasy(batch.unlabeled().get(seen.chosen()[i]).frameId())) {
                int to = (seen.labeled() + i) * size;
                paste(seen.samples(), to + count * size, samples, new Half(to, size, across, left));
            }
        }
        return new StudentRows(
                samples,
                Arrays.copyOf(seen.targets(), rows),
                Arrays.copyOf(seen.weights(), rows),
                seen.labeled(),
                seen.chosen());
    }

    private record Half(int start, int size, int across, boolean left) {}

    private static void paste(float[] from, int start, float[] to, Half half) {
        for (int i = 0; i < half.size(); i++) {
            if (i % half.across() < half.across() / 2 == half.left()) {
                to[half.start() + i] = from[start + i];
            }
        }
    }
}
