package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.record.Disposition;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.schemas.SendTime;
import io.millrace.trainer.ModelRelease.Trial;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.evaluate.PseudoLabelAudit;
import io.millrace.trainer.ingest.SampleDecoder.Readable;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.promote.Decision;
import io.millrace.trainer.promote.Decision.Cause;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** What the meters of the two loops show. */
class MeterLifeTest {
    private static final Evaluation GOOD = Evaluation.of(new double[][] {{0.9, 0.1}}, new int[] {0}, 2);
    private static final Evaluation BAD = Evaluation.of(new double[][] {{0.9, 0.1}}, new int[] {1}, 2);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void shouldShowTheTrainerThatRunsAfterARestartInTheSameProcess() {
        TrainerMetrics first = new TrainerMetrics(meters);
        first.committed(5, 1_000, memory(), GOOD);
        first.frame(Disposition.TRAINED);
        first.close();
        assertThat(meters.find("trainer.committed.step").gauge()).isNull();

        try (TrainerMetrics second = new TrainerMetrics(meters)) {
            second.committed(9, 2_000, memory(), GOOD);
            second.frame(Disposition.TRAINED);

            assertThat(gauge("trainer.committed.step")).isEqualTo(9);
            assertThat(gauge("trainer.last.commit.timestamp")).isEqualTo(2);
            assertThat(counter("trainer.frames", "disposition", "TRAINED")).isEqualTo(2);
        }
    }

    @Test
    void shouldCountWhatTheGateSaidAndHowOftenItWasRight() {
        try (TrainerMetrics metrics = new TrainerMetrics(meters)) {
            PseudoLabelAudit audit = new PseudoLabelAudit(10);
            audit.accepted("a", 1);
            audit.accepted("b", 1);
            audit.labeled("a", 1);
            metrics.audited(audit);
            audit.labeled("b", 0);
            metrics.audited(audit);
            List<GateReason> reasons = List.of(GateReason.ACCEPTED, GateReason.BELOW_THRESHOLD, GateReason.ACCEPTED);
            int[] labels = {1, -1, 0};
            double[] answers = {0.5, 0.5};
            metrics.step(new StepResult(
                    1,
                    2f,
                    3f,
                    1f,
                    0.5f,
                    0.9f,
                    0.8f,
                    answers,
                    4f,
                    0.01f,
                    0.99f,
                    labels,
                    reasons,
                    Map.of("entropy", 0.1f)));

            assertThat(counter("trainer.audited.pseudo.labels", "result", "right"))
                    .isEqualTo(1);
            assertThat(counter("trainer.audited.pseudo.labels", "result", "wrong"))
                    .isEqualTo(1);
            assertThat(counter("trainer.pseudo.labels", "reason", "ACCEPTED")).isEqualTo(2);
            assertThat(counter("trainer.pseudo.labels", "reason", "BELOW_THRESHOLD"))
                    .isEqualTo(1);
            assertThat(gauge("trainer.mask.rate")).isEqualTo(0.5);
        }
    }

    @Test
    void shouldCountDecisionsByTheRuleThatMadeThem() {
        try (TrainerMetrics metrics = new TrainerMetrics(meters)) {
            assertThat(counter("trainer.decisions", "reason", "calibration")).isZero();

            metrics.tried(new Trial(GOOD, BAD, new Decision.Keep(Cause.SIGNIFICANTLY_WORSE, "worse")));

            assertThat(counter("trainer.decisions", "outcome", "kept", "reason", "significantly_worse"))
                    .isEqualTo(1);
            assertThat(meters.get("trainer.holdout.accuracy")
                            .tag("model", "champion")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(meters.get("trainer.holdout.accuracy")
                            .tag("model", "challenger")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    @Test
    void shouldShowNoMoreClassesThanAHundredAndCallTheRestOther() {
        List<String> classes =
                IntStream.range(0, 150).mapToObj(i -> "class-" + i).toList();
        try (PredictorMetrics metrics = new PredictorMetrics(meters, classes)) {
            metrics.answered(List.of(prediction(99, Verdict.CONFIDENT), prediction(100, Verdict.UNCERTAIN)));
            metrics.answered(List.of(prediction(149, Verdict.UNCERTAIN)));

            assertThat(meters.find("predictor.predictions").counters()).hasSize(2 * 101);
            assertThat(counter("predictor.predictions", "class", "class-99", "verdict", "CONFIDENT"))
                    .isEqualTo(1);
            assertThat(counter("predictor.predictions", "class", "other", "verdict", "UNCERTAIN"))
                    .isEqualTo(2);
            assertThat(meters.get("predictor.confidence").summary().count()).isEqualTo(3);
        }
    }

    @Test
    void shouldMeasureLatencyFromTheSendingOfAFrame() {
        RecordHeaders sent = new RecordHeaders();
        SendTime.addTo(sent, 9_000);
        try (PredictorMetrics metrics = new PredictorMetrics(meters, List.of("a", "b"))) {
            metrics.took(List.of(frame(sent)), Instant.ofEpochMilli(9_250));
            assertThat(latency()).isEqualTo(250);

            metrics.took(List.of(frame(new RecordHeaders())), Instant.ofEpochMilli(1_500));
            assertThat(latency())
                    .as("since its capture, without the time of sending")
                    .isEqualTo(750);
        }
    }

    private double latency() {
        return meters.get("predictor.latency").timer().totalTime(TimeUnit.MILLISECONDS);
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private double counter(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    private static Memory memory() {
        return new Memory(
                new LabeledBuffer(1, Eviction.OLDEST), new UnlabeledBuffer(1), new LabeledBuffer(1, Eviction.OLDEST));
    }

    private static Prediction prediction(int index, Verdict verdict) {
        return Prediction.newBuilder()
                .setFrameId("f")
                .setSourceId("s")
                .setCapturedAt(Instant.EPOCH)
                .setPredictedAt(Instant.EPOCH)
                .setClassIndex(index)
                .setLabel("class-" + index)
                .setConfidence(0.5f)
                .setProbabilities(List.of(0.5f))
                .setModelVersion("v")
                .setVerdict(verdict)
                .build();
    }

    private static Readable frame(RecordHeaders headers) {
        Frame frame = Frame.newBuilder()
                .setFrameId("f")
                .setSourceId("s")
                .setCapturedAt(Instant.ofEpochMilli(1_000))
                .setEncoding(Encoding.RAW_U8)
                .setShape(List.of(1, 1, 1))
                .setData(ByteBuffer.allocate(1))
                .build();
        return new Readable(frame, new Sample("f", "s", new float[1], Sample.UNLABELED), headers);
    }
}
