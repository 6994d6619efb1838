package io.millrace.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.FrameReference;
import io.millrace.record.LabelAction;
import io.millrace.record.LabeledFrame;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.ingest.ReceivedLabel;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.request.LabelRequests;
import io.millrace.trainer.safety.SafetyState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CheckpointCodecTest {
    private static final LabeledFrame LABEL = new LabeledFrame(
            "frame-9",
            "camera-1",
            LabelAction.ASSIGN,
            3,
            "Dress",
            0,
            "ann",
            Instant.ofEpochMilli(1_000),
            Instant.ofEpochMilli(10),
            new FrameReference("millrace.frames", 1, 42L));

    private static Checkpoint checkpoint() {
        return new Checkpoint(
                12,
                List.of(Tensor.vector("student", 1, 2), Tensor.vector("teacher", 3, 4)),
                new Tensor("scores", List.of(1, 3), new float[] {0.1f, 0.9f, 1}),
                new Tensor("calibration", List.of(1, 3), new float[] {0.2f, 0.8f, 0}),
                List.of(new Sample("frame-1", "camera-1", new float[] {0.5f, 0.25f}, 1)),
                List.of(
                        new Sample("frame-2", "camera-2", new float[] {1, 0}, Sample.UNLABELED),
                        new Sample("frame-3", "camera-2", new float[] {0, 1}, Sample.UNLABELED)),
                List.of(),
                Map.of(new TopicPartition("millrace.accepted-frames", 3), 77L),
                List.of(new ReceivedLabel(LABEL, 2, 5)),
                new LabelRequests.State(
                        3,
                        0.1 + 0.2,
                        "12-abc",
                        List.of(new Sample("frame-3", "camera-2", new float[] {0, 1}, Sample.UNLABELED)),
                        List.of("frame-1", "frame-3")),
                new SafetyState(Map.of("mistakes", List.of(3L, 1L << 53)), List.of(Tensor.vector("student", 5))),
                "abc");
    }

    @Test
    void shouldReadBackEverything() throws IOException {
        Checkpoint read = CheckpointCodec.decode(CheckpointCodec.encode(checkpoint()));

        assertThat(read.step()).isEqualTo(12);
        assertThat(read.settingsHash()).isEqualTo("abc");
        assertThat(read.learner()).extracting(Tensor::name).containsExactly("student", "teacher");
        assertThat(read.learner().get(1).values()).containsExactly(3, 4);
        assertThat(read.scores().values()).containsExactly(0.1f, 0.9f, 1);
        assertThat(read.calibration().values()).containsExactly(0.2f, 0.8f, 0);
        assertThat(read.safety().numbers()).isEqualTo(Map.of("mistakes", List.of(3L, 1L << 53)));
        assertThat(read.safety().promoted()).singleElement().satisfies(tensor -> {
            assertThat(tensor.name()).isEqualTo("student");
            assertThat(tensor.values()).containsExactly(5);
        });
        assertThat(read.labeled()).singleElement().satisfies(sample -> {
            assertThat(sample.frameId()).isEqualTo("frame-1");
            assertThat(sample.label()).isEqualTo(1);
            assertThat(sample.values()).containsExactly(0.5f, 0.25f);
        });
        assertThat(read.unlabeled()).extracting(Sample::frameId).containsExactly("frame-2", "frame-3");
        assertThat(read.unlabeled().get(1).values()).containsExactly(0, 1);
        assertThat(read.holdout()).isEmpty();
        assertThat(read.positions()).isEqualTo(checkpoint().positions());
        assertThat(read.requests().seen()).isEqualTo(3);
        assertThat(read.requests().earned()).as("to the last bit").isEqualTo(0.1 + 0.2);
        assertThat(read.requests().askedBy()).isEqualTo("12-abc");
        assertThat(read.requests().open()).singleElement().satisfies(sample -> {
            assertThat(sample.frameId()).isEqualTo("frame-3");
            assertThat(sample.values()).containsExactly(0, 1);
        });
        assertThat(read.requests().chosen()).containsExactly("frame-1", "frame-3");
        assertThat(read.waitingLabels()).containsExactly(new ReceivedLabel(LABEL, 2, 5));
    }

    @Test
    void shouldGiveTheSameBytesForTheSameCheckpoint() {
        assertThat(CheckpointCodec.encode(checkpoint())).isEqualTo(CheckpointCodec.encode(checkpoint()));
    }

    @Test
    void shouldShareOutScoresWhenTheyAreFromBeforeThereWereSlices() throws IOException {
        Safetensors.Contents now = Safetensors.decode(CheckpointCodec.encode(checkpoint()));
        List<Tensor> before = new ArrayList<>(now.tensors());
        before.removeIf(
                tensor -> tensor.name().equals("calibration") || tensor.name().equals("scores"));
        before.add(new Tensor("scores", List.of(3, 3), new float[] {1, 0, 0, 2, 0, 0, 3, 0, 1}));

        Checkpoint read = CheckpointCodec.decode(Safetensors.encode(new Safetensors.Contents(before, now.metadata())));

        assertThat(read.scores().values()).containsExactly(1, 0, 0, 3, 0, 1);
        assertThat(read.calibration().values()).containsExactly(2, 0, 0);
    }

    @Test
    void shouldRefuseAnotherFormat() {
        byte[] artifact = Artifact.write(List.of(Tensor.vector("w", 1)));

        assertThatThrownBy(() -> CheckpointCodec.decode(artifact))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("millrace-weights-1");
    }
}
