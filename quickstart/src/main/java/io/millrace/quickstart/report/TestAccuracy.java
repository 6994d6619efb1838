package io.millrace.quickstart.report;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.ImageSet;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.quickstart.report.RunFacts.Test;
import io.millrace.quickstart.watch.RunSnapshot.Versions;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.BlobStore;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.SampleShape;
import io.millrace.schemas.Topic;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.publish.Artifact;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges published versions on images that never entered the stream: takes the artifact that the record names from the
 * blob store, as any consumer would.
 */
public final class TestAccuracy {
    private static final float MAX_BYTE = 255f;
    private static final int BATCH = 250;

    private final Compute compute;
    private final BlobStore blobs;
    private final ImageSet images;
    private final Map<String, ModelVersion> versions = new HashMap<>();

    /** Reads which versions there are. */
    public TestAccuracy(PipelineSettings pipeline, Compute compute, ImageSet images) throws IOException {
        this.compute = compute;
        this.blobs = BlobStore.at(pipeline.blobStore());
        this.images = images;
        Topic<ModelVersion> topic = pipeline.topics().modelVersions();
        try (TopicReader reader = new TopicReader(pipeline, List.of(topic.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record -> TopicReader.decode(topic, record)
                                .ifPresent(version -> versions.put(version.getVersion(), version)));
            } while (!reader.isAtEnd());
        }
    }

    /** Accuracies of the first and the last champion; empty when none was promoted. */
    public Optional<Test> of(Versions promoted, Drift drift) throws IOException {
        String first = promoted.first();
        String last = promoted.champion();
        if (first == null || last == null) {
            return Optional.empty();
        }
        Double drifted = drift == Drift.ROTATE ? accuracy(last, drift) : null;
        return Optional.of(new Test(images.size(), accuracy(first, Drift.NONE), accuracy(last, Drift.NONE), drifted));
    }

    /** Share of the images that a version classifies as they are labeled. */
    private double accuracy(String name, Drift drift) throws IOException {
        ModelVersion version = versions.get(name);
        if (version == null) {
            throw new IOException("version " + name + " was promoted but is not in the topic of versions");
        }
        byte[] artifact = blobs.get(version.getSha256())
                .orElseThrow(() -> new IOException("the artifact of version " + name + " is not in the blob store"));
        NetworkConfig network = NetworkConfig.fromMap(
                new SampleShape(version.getInputShape()), version.getClasses().size(), version.getNetwork());
        int right = 0;
        try (Classifier classifier = new Classifier(compute, network, Artifact.read(artifact))) {
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
