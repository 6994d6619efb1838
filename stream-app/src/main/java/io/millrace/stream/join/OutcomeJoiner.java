package io.millrace.stream.join;

import io.millrace.record.LabelAction;
import io.millrace.record.LabeledFrame;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Scores predictions against labels, whichever comes first: one outcome a label revision and prediction. A prediction
 * waits as an outcome without a label; when its frame never gets one, the normal case, it ages out of the store.
 */
public final class OutcomeJoiner {
    /** Store of predictions by frame id. */
    static final String STORE = "frame-predictions";
    /** Label index of an outcome whose label was taken back, or has not come yet. */
    static final int NO_LABEL = -1;

    private OutcomeJoiner() {}

    /** Names of the stores that both sides need. */
    public static String[] storeNames() {
        return new String[] {STORE, LabelHistory.STORE};
    }

    /** The store that this stage needs, besides those of {@link LabelJoiner}. */
    public static StoreBuilder<?> store(JoinConfig config, Serde<Outcome> values) {
        return Remembered.store(STORE, config.retention(), values);
    }

    /** What is kept of a prediction until its label comes. */
    public static Outcome unlabeled(Prediction prediction) {
        return new Outcome(
                prediction.getFrameId(),
                prediction.getSourceId(),
                prediction.getModelVersion(),
                prediction.getClassIndex(),
                NO_LABEL,
                false,
                prediction.getConfidence(),
                NO_LABEL,
                prediction.getCapturedAt(),
                prediction.getPredictedAt(),
                Instant.EPOCH);
    }

    /** The predictions' side: a prediction meets the newest label of its frame, or waits. */
    public static ProcessorSupplier<String, Outcome, String, Outcome> predictionSide() {
        return PredictionSide::new;
    }

    /** The labels' side: a label meets every prediction of its frame. */
    public static ProcessorSupplier<String, LabeledFrame, String, Outcome> labelSide() {
        return LabelSide::new;
    }

    static Outcome score(Outcome prediction, LabeledFrame label) {
        int labelIndex = label.getAction() == LabelAction.RETRACT ? NO_LABEL : label.getClassIndex();
        return Outcome.newBuilder(prediction)
                .setLabelIndex(labelIndex)
                .setCorrect(labelIndex == prediction.getPredictedIndex())
                .setRevision(label.getRevision())
                .setLabeledAt(label.getLabeledAt())
                .build();
    }

    private static final class PredictionSide extends ContextualProcessor<String, Outcome, String, Outcome> {
        @SuppressWarnings("NullAway.Init") // set by init
        private Remembered<Outcome> predictions;

        @SuppressWarnings("NullAway.Init") // set by init
        private Remembered<LabeledFrame> labels;

        @Override
        public void init(ProcessorContext<String, Outcome> context) {
            super.init(context);
            predictions = new Remembered<>(context, STORE);
            labels = new Remembered<>(context, LabelHistory.STORE);
        }

        @Override
        public void process(Record<String, Outcome> record) {
            List<Remembered.Entry<Outcome>> before = predictions.all(record.key());
            String version = record.value().getModelVersion();
            if (before.stream()
                    .anyMatch(entry -> entry.value().getModelVersion().equals(version))) {
                return; // a version answers a frame once; what comes again was scored, or waits
            }
            long nowMs = context().currentSystemTimeMs();
            long newestMs = before.isEmpty() ? 0 : before.get(before.size() - 1).sinceMs();
            predictions.put(record.key(), record.value(), Math.max(nowMs, newestMs + 1));
            Optional<LabeledFrame> label = LabelHistory.newest(labels, record.key())
                    .filter(newest -> newest.getAction() != LabelAction.RETRACT);
            label.ifPresent(newest -> context().forward(record.withValue(score(record.value(), newest))));
        }
    }

    private static final class LabelSide extends ContextualProcessor<String, LabeledFrame, String, Outcome> {
        @SuppressWarnings("NullAway.Init") // set by init
        private Remembered<Outcome> predictions;

        @Override
        public void init(ProcessorContext<String, Outcome> context) {
            super.init(context);
            predictions = new Remembered<>(context, STORE);
        }

        @Override
        public void process(Record<String, LabeledFrame> record) {
            for (Remembered.Entry<Outcome> prediction : predictions.all(record.key())) {
                context().forward(record.withValue(score(prediction.value(), record.value())));
            }
        }
    }
}
