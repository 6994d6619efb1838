package io.millrace.trainer.learn;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import java.util.ArrayList;
import java.util.List;

/** Predictions by hand. */
final class Seen {
    private Seen() {}

    static float[] row(float... values) {
        return values;
    }

    /** Predictions on unlabeled samples {@code u0, u1, ...}, all of them fresh, from one source. */
    static Predictions unlabeled(float[]... rows) {
        return of(rows, new float[0][]);
    }

    static Predictions of(float[][] unlabeled, float[][] labeled) {
        return Predictions.of(batch(1, unlabeled.length, Math.max(1, labeled.length)), unlabeled, labeled);
    }

    /** The same with the outputs of one further head on unlabeled, then labeled samples. */
    static Predictions withHead(float[][] unlabeled, int labeled, float[]... head) {
        return new Predictions(
                batch(1, unlabeled.length, labeled), unlabeled, unlabeled, new float[0][], List.<float[][]>of(head));
    }

    /** The same predictions with that head behind another one. */
    static Predictions behindAnother(Predictions seen) {
        float[][] head = seen.heads().get(0);
        return new Predictions(
                seen.batch(), seen.unlabeled(), seen.weighed(), seen.labeled(), List.of(new float[0][], head));
    }

    /** Samples {@code l0, l1, ...} of classes 0, 1, 0, ... and {@code u0, u1, ...}. */
    static TrainingBatch batch(long step, int unlabeled, int labeled) {
        List<Sample> with = new ArrayList<>();
        for (int i = 0; i < labeled; i++) {
            with.add(new Sample("l" + i, "camera", new float[] {i}, i % 2));
        }
        List<Sample> without = new ArrayList<>();
        for (int i = 0; i < unlabeled; i++) {
            without.add(new Sample("u" + i, "camera", new float[] {i}, Sample.UNLABELED));
        }
        return new TrainingBatch(step, with, without, unlabeled);
    }
}
