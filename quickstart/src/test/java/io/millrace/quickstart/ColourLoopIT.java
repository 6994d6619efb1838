package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Frame;
import io.millrace.record.ModelVersion;
import io.millrace.record.Prediction;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.schemas.Decoding.Decoded;
import io.millrace.schemas.FrameDecoder;
import io.millrace.trainer.ModelLoader;
import io.millrace.trainer.TrainerWorker;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Colour JPEGs of another size than the demo's, with ten classes, through the topics that producers and consumers use. */
class ColourLoopIT {
    private static final int LABELED = 100;
    private static final int FRAMES = 1_600;
    private static final int JUDGES = 300;
    /** Steps that learn from labels alone. */
    private static final int WARM_START = 100;

    @TempDir
    private Path directory;

    private final Instant start = Instant.now().minusSeconds(60);

    @Test
    void shouldLearnColourJpegsWhenFramesAre32By32() throws Exception {
        Pictures pictures = new Pictures(start);
        Map<String, String> settings = Map.of(
                "pipeline.classes", String.join(",", Pictures.CLASSES),
                "pipeline.frame.shape", "3,32,32",
                "trainer.start.labels", Integer.toString(LABELED),
                "trainer.unlabeled.warm.start.steps", Integer.toString(WARM_START),
                "trainer.unlabeled.ramp.steps", "50",
                "trainer.frames.per.step", "2",
                "trainer.network.width", "16",
                "trainer.augment.image.flip", "true");
        try (RunningLoop loop = new RunningLoop(directory, "colour.", settings)) {
            publish(loop, pictures, 0, LABELED);
            loop.await(() ->
                    loop.read(loop.stream().pipeline().topics().labeledFrames()).size() == LABELED);
            publish(loop, pictures, LABELED, FRAMES);
            try (TrainerWorker trainer = loop.trainer()) {
                loop.await(() -> loop.predictions().size() == FRAMES);
                trainer.drain();
                for (int i = 0; i < JUDGES; i++) {
                    loop.publish(pictures.toJudge(i));
                }
                loop.flush();
                loop.await(() -> loop.predictions().size() == FRAMES + JUDGES);
            }
            loop.checkHealth();

            double answered = right(loop.predictionsByFrame());
            List<ModelVersion> versions =
                    loop.read(loop.stream().pipeline().topics().modelVersions());
            PipelineSettings pipeline = loop.stream().pipeline();
            double untrained = accuracy(pipeline, pictures, versions.get(0));
            ModelVersion lastOfLabelsAlone = versions.stream()
                    .filter(version -> version.getStep() > 0 && version.getStep() <= WARM_START)
                    .reduce((earlier, later) -> later)
                    .orElseThrow();
            double labelsAlone = accuracy(pipeline, pictures, lastOfLabelsAlone);
            assertThat(loop.read(pipeline.topics().acceptedFrames())).hasSize(FRAMES + JUDGES);
            assertThat(untrained).as("chance").isLessThan(0.25);
            assertThat(answered)
                    .as("untrained %s, labels alone %s", untrained, labelsAlone)
                    .isGreaterThan(0.55)
                    .isGreaterThan(labelsAlone + 0.1);
        }
    }

    private void publish(RunningLoop loop, Pictures pictures, int from, int to) {
        for (int i = from; i < to; i++) {
            Frame frame = pictures.toLearn(i);
            loop.publish(frame);
            if (i < LABELED) {
                loop.publish(frame, Pictures.CLASSES.get(Pictures.truth(i)), start);
            }
        }
        loop.flush();
    }

    private static double right(Map<String, Prediction> byFrame) {
        int right = 0;
        for (int i = 0; i < JUDGES; i++) {
            Prediction prediction = byFrame.get("judge-%05d".formatted(i));
            right += prediction.getClassIndex() == Pictures.truth(i) ? 1 : 0;
        }
        return (double) right / JUDGES;
    }

    /** What a version would have answered: verified, loaded and asked as the predictor does it. */
    private static double accuracy(PipelineSettings pipeline, Pictures pictures, ModelVersion version)
            throws IOException {
        FrameDecoder decoder = new FrameDecoder(pipeline.frameShape());
        List<float[]> samples = new ArrayList<>();
        for (int i = 0; i < JUDGES; i++) {
            Frame frame = pictures.toJudge(i);
            samples.add(((Decoded) decoder.decode(frame.getEncoding(), frame.getShape(), frame.getData())).values());
        }
        try (Compute compute = Compute.open("cpu", 1);
                ModelCatalog catalog =
                        new ModelCatalog(pipeline, BlobStore.at(pipeline.blobStore()), Clock.systemUTC());
                Classifier classifier = load(pipeline, compute, catalog, version.getVersion())) {
            float[][] logits = classifier.logits(samples);
            int right = 0;
            for (int i = 0; i < JUDGES; i++) {
                right += largest(logits[i]) == Pictures.truth(i) ? 1 : 0;
            }
            return (double) right / JUDGES;
        }
    }

    private static Classifier load(PipelineSettings pipeline, Compute compute, ModelCatalog catalog, String version)
            throws IOException {
        catalog.readToEnd();
        return ModelLoader.load(
                pipeline, compute, catalog, catalog.version(version).orElseThrow());
    }

    private static int largest(float[] logits) {
        int largest = 0;
        for (int i = 1; i < logits.length; i++) {
            largest = logits[i] > logits[largest] ? i : largest;
        }
        return largest;
    }
}
