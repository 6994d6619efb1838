package io.millrace.quickstart.report;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.ImageSet;
import io.millrace.quickstart.report.RunFacts.Test;
import io.millrace.quickstart.watch.RunSnapshot.Versions;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.trainer.ModelLoader;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges published versions on images that never entered the stream: verifies and loads them as the predictor does.
 */
public final class TestAccuracy {
    private static final float MAX_BYTE = 255f;
    private static final int BATCH = 250;

    private final PipelineSettings pipeline;
    private final Compute compute;
    private final ImageSet images;
    private final InstantSource clock;

    /** @param images images that never entered the stream */
    public TestAccuracy(PipelineSettings pipeline, Compute compute, ImageSet images, InstantSource clock) {
        this.pipeline = pipeline;
        this.compute = compute;
        this.images = images;
        this.clock = clock;
    }

    /** Accuracies of the first and the last champion; empty when none was promoted. */
    public Optional<Test> of(Versions promoted, Drift drift) throws IOException {
        String first = promoted.first();
        String last = promoted.champion();
        if (first == null || last == null) {
            return Optional.empty();
        }
        BlobStore blobs = BlobStore.at(pipeline.blobStore());
        try (ModelCatalog catalog = new ModelCatalog(pipeline, blobs, clock)) {
            catalog.readToEnd();
            Double drifted = drift == Drift.ROTATE ? accuracy(catalog, last, drift) : null;
            return Optional.of(new Test(
                    images.size(), accuracy(catalog, first, Drift.NONE), accuracy(catalog, last, Drift.NONE), drifted));
        }
    }

    /** Share of the images that a version classifies as they are labeled. */
    private double accuracy(ModelCatalog catalog, String name, Drift drift) throws IOException {
        ModelVersion version = catalog.version(name)
                .orElseThrow(
                        () -> new IOException("version " + name + " was promoted but is not in the topic of versions"));
        int right = 0;
        try (Classifier classifier = ModelLoader.load(pipeline, compute, catalog, version)) {
            for (int from = 0; from < images.size(); from += BATCH) {
                right += right(classifier, from, Math.min(from + BATCH, images.size()), drift);
            }
        }
        return (double) right / images.size();
    }

    private int right(Classifier classifier, int from, int to, Drift drift) {
        List<float[]> samples = new ArrayList<>();
        for (int i = from; i < to; i++) {
            samples.add(values(drift.atTheEnd(images.pixels(i), images.width())));
        }
        float[][] logits = classifier.logits(samples);
        int right = 0;
        for (int i = from; i < to; i++) {
            right += largest(logits[i - from]) == images.label(i) ? 1 : 0;
        }
        return right;
    }

    private static float[] values(byte[] pixels) {
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pixels[i] & 0xFF) / MAX_BYTE;
        }
        return values;
    }

    private static int largest(float[] logits) {
        int largest = 0;
        for (int i = 1; i < logits.length; i++) {
            largest = logits[i] > logits[largest] ? i : largest;
        }
        return largest;
    }
}
