package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.record.FrameReference;
import io.millrace.record.LabelAction;
import io.millrace.record.LabeledFrame;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.blob.Sha256;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.SampleShape;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.evaluate.PrequentialEvaluator;
import io.millrace.trainer.ingest.ReceivedLabel;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.publish.Artifact;
import io.millrace.trainer.publish.Checkpoint;
import io.millrace.trainer.publish.CheckpointCodec;
import io.millrace.trainer.request.LabelRequests;
import io.millrace.trainer.safety.SafetyState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What version 1 left behind, byte for byte as it was written then: every later version must go on from it. The files
 * are never written anew; a version that changes a format adds a directory of its own, see {@link #main}.
 */
class StateOfVersion1IT {
    private static final String DIRECTORY = "/state-v1/";
    private static final Synthetic IMAGES = new Synthetic(SampleShape.of(1, 8, 8));
    private static final List<String> CLASSES = List.of("one", "two", "three");
    private static final Topics TOPICS = new Topics("millrace.", LockedSchemaIds.load());
    private static final long STEP = 6;
    private static final Instant THEN = Instant.ofEpochMilli(1_795_000_000_000L);

    private static Compute compute;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    @Test
    void shouldGoOnFromTheCheckpointThatTheLedgerOfVersion1Names() throws IOException {
        LedgerRow row = record(TOPICS.trainingLedger(), "ledger-row.avro");
        byte[] bytes = resource("checkpoint.safetensors");
        assertThat(row.getCheckpointSha256()).isEqualTo(Sha256.of(bytes));

        Checkpoint checkpoint = CheckpointCodec.decode(bytes);

        assertThat(checkpoint.step()).isEqualTo(STEP).isEqualTo(row.getLastStep());
        assertThat(checkpoint.labeled()).extracting(Sample::label).containsExactly(1, 2);
        assertThat(checkpoint.unlabeled()).hasSize(1);
        assertThat(checkpoint.holdout()).extracting(Sample::frameId).containsExactly("frame-4");
        assertThat(checkpoint.positions()).containsEntry(new TopicPartition("millrace.accepted-frames", 1), 42L);
        assertThat(checkpoint.waitingLabels()).containsExactly(new ReceivedLabel(label(), 2, 5));
        assertThat(checkpoint.requests()).as("from before there were any").isEqualTo(LabelRequests.State.NONE);
        PrequentialEvaluator scores = new PrequentialEvaluator(10);
        scores.restore(checkpoint.scores(), checkpoint.calibration());
        assertThat(scores.evaluation(1, CLASSES.size()).samples()).isEqualTo(1);
        try (Learner learner = learner()) {
            learner.restore(checkpoint.learner());
            assertThat(learner.lastStep()).isEqualTo(STEP);
            assertLikeThen(learner.teacherLogits(IMAGES.values(0, 3)));
            learner.step(IMAGES.batch(STEP + 1, 4, 4));
        }
    }

    @Test
    void shouldAnswerWithTheModelOfVersion1AsVersion1Did() throws IOException {
        ModelVersion version = record(TOPICS.modelVersions(), "model-version.avro");
        byte[] artifact = resource("weights.safetensors");
        assertThat(Sha256.of(artifact)).isEqualTo(version.getSha256());
        assertThat(version.getSizeBytes()).isEqualTo(artifact.length);

        NetworkConfig network = NetworkConfig.fromMap(
                new SampleShape(version.getInputShape()), version.getClasses().size(), version.getNetwork());
        try (Classifier model = new Classifier(compute, network, Artifact.read(artifact))) {
            assertLikeThen(model.logits(IMAGES.values(0, 3)));
        }
    }

    /** Writes the files anew into the directory named; only for a version whose files are not there yet. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        open();
        try (Learner learner = learner()) {
            for (long step = 1; step <= STEP; step++) {
                learner.step(IMAGES.batch(step, 4, 4));
            }
            byte[] weights = Artifact.write(learner.teacherWeights());
            byte[] checkpoint = CheckpointCodec.encode(checkpoint(learner));
            float[][] logits = learner.teacherLogits(IMAGES.values(0, 3));
            ByteBuffer numbers = ByteBuffer.allocate(logits.length * CLASSES.size() * Float.BYTES);
            for (float[] row : logits) {
                for (float logit : row) {
                    numbers.putFloat(logit);
                }
            }
            Files.write(directory.resolve("weights.safetensors"), weights);
            Files.write(directory.resolve("checkpoint.safetensors"), checkpoint);
            Files.write(directory.resolve("logits.f32"), numbers.array());
            Files.write(directory.resolve("ledger-row.avro"), bytes(TOPICS.trainingLedger(), row(checkpoint)));
            Files.write(directory.resolve("model-version.avro"), bytes(TOPICS.modelVersions(), version(weights)));
        }
        close();
    }

    private static Checkpoint checkpoint(Learner learner) {
        PrequentialEvaluator scores = new PrequentialEvaluator(10);
        scores.add("frame-1", new float[] {0.5f, 1, -1}, 1);
        return new Checkpoint(
                STEP,
                learner.state(),
                scores.reported(CLASSES.size()),
                scores.calibration(CLASSES.size()),
                List.of(IMAGES.sample(1), IMAGES.sample(2)),
                List.of(IMAGES.sample(3).labeled(Sample.UNLABELED)),
                List.of(IMAGES.sample(4)),
                Map.of(new TopicPartition("millrace.accepted-frames", 1), 42L),
                List.of(new ReceivedLabel(label(), 2, 5)),
                LabelRequests.State.NONE,
                SafetyState.NONE,
                "0".repeat(64));
    }

    private static LabeledFrame label() {
        return new LabeledFrame(
                "frame-9",
                "camera-1",
                LabelAction.ASSIGN,
                2,
                "three",
                0,
                "ann",
                THEN,
                THEN,
                new FrameReference("millrace.frames", 1, 42L));
    }

    private static LedgerRow row(byte[] checkpoint) {
        return LedgerRow.newBuilder()
                .setPipeline("millrace.")
                .setFirstStep(1)
                .setLastStep(STEP)
                .setRanges(List.of())
                .setCheckpointSha256(Sha256.of(checkpoint))
                .setParentHash("")
                .setCommittedAt(THEN)
                .build();
    }

    private static ModelVersion version(byte[] weights) {
        return ModelVersion.newBuilder()
                .setVersion("v6")
                .setSha256(Sha256.of(weights))
                .setSizeBytes(weights.length)
                .setCreatedAt(THEN)
                .setStep(STEP)
                .setMethod("adamatch")
                .setNetwork(network().toMap())
                .setInputShape(IMAGES.shape().dimensions())
                .setClasses(CLASSES)
                .setTemperature(1)
                .setConfidenceThreshold(0.9)
                .setMetrics(Map.of("accuracy", 0.5))
                .setLearnedFrom(List.of())
                .setSeed(7)
                .setConfigHash("0".repeat(64))
                .setCodeVersion("0.1.0")
                .build();
    }

    private static NetworkConfig network() {
        return settings().network(IMAGES.shape(), CLASSES.size());
    }

    private static LearnSettings settings() {
        return LearnSettingsTest.with(Map.of("trainer.network.architecture", "conv4", "trainer.network.width", "8"));
    }

    private static Learner learner() {
        return new Learner(compute, network(), settings());
    }

    /** Engines may round otherwise, so not bit for bit. */
    private static void assertLikeThen(float[][] logits) throws IOException {
        ByteBuffer numbers = ByteBuffer.wrap(resource("logits.f32"));
        for (float[] row : logits) {
            for (float logit : row) {
                assertThat(logit).isCloseTo(numbers.getFloat(), within(1e-4f));
            }
        }
        assertThat(numbers.hasRemaining()).isFalse();
    }

    private static <V extends SpecificRecord> V record(Topic<V> topic, String file) throws IOException {
        return topic.values().deserializer().deserialize(topic.name(), resource(file));
    }

    private static <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
        return topic.values().serializer().serialize(topic.name(), value);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = StateOfVersion1IT.class.getResourceAsStream(DIRECTORY + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
