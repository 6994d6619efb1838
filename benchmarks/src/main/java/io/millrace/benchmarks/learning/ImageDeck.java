package io.millrace.benchmarks.learning;

import java.util.SplittableRandom;

/** Numbers of images to be dealt in random order; when all were dealt they are shuffled and dealt again. */
final class ImageDeck {
    private final int[] images;
    private final SplittableRandom random;
    private int next;

    /** @param images at least one */
    ImageDeck(int[] images, long seed) {
        if (images.length == 0) {
            throw new IllegalArgumentException("expected images to deal, got none");
        }
        this.images = images.clone();
        this.random = new SplittableRandom(seed);
        this.next = images.length;
    }

    /** The next one. */
    int deal() {
        if (next == images.length) {
            shuffle();
            next = 0;
        }
        return images[next++];
    }

    private void shuffle() {
        for (int i = images.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = images[i];
            images[i] = images[j];
            images[j] = held;
        }
    }
}
