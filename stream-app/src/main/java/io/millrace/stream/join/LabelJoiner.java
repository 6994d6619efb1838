package io.millrace.stream.join;

import io.millrace.record.IndexedFrame;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Passed;
import io.millrace.stream.flow.Origin;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Joins labels with the frames they speak of, in whatever order the two arrive. Every label leaves exactly once: as a
 * {@link LabeledFrame}, or refused.
 *
 * <pre>
 *   frame known          label -&gt; next revision, or DUPLICATE_LABEL, CONFLICTING_LABEL, NOTHING_TO_RETRACT
 *   frame past horizon   label -&gt; FRAME_EXPIRED
 *   frame unknown        label waits -&gt; frame comes:  all waiting labels in the order of their arrival, as above
 *                                    -&gt; deadline:     UNKNOWN_FRAME
 * </pre>
 *
 * The frames' side and the labels' side are two processors of one task over the same stores, so one thread.
 */
public final class LabelJoiner {
    private final JoinConfig config;
    private final List<String> classes;
    private final Deserializer<LabelEvent> labels;
    private final String labelTopic;

    /**
     * @param config how long who waits for whom
     * @param classes class names of the pipeline
     * @param labelTopic full name of the topic of labels
     * @param labels reads its values
     */
    public LabelJoiner(JoinConfig config, List<String> classes, String labelTopic, Deserializer<LabelEvent> labels) {
        this.config = config;
        this.classes = List.copyOf(classes);
        this.labelTopic = labelTopic;
        this.labels = labels;
    }

    /** Names of the stores that both sides need. */
    public static String[] storeNames() {
        return new String[] {FrameIndex.STORE, LabelHistory.STORE, WaitingLabels.STORE, WaitingLabels.DEADLINES};
    }

    /** The stores that this stage needs, besides that of {@link FrameIndex}. */
    public List<StoreBuilder<?>> stores(Serde<LabeledFrame> values) {
        List<StoreBuilder<?>> stores = new java.util.ArrayList<>(WaitingLabels.stores(labelTopic));
        stores.add(Remembered.store(LabelHistory.STORE, config.retention(), values));
        return stores;
    }

    /** How labels travel to the side of the frames: as they came. */
    public Serde<Origin> rawLabels() {
        return OriginSerde.of(labelTopic);
    }

    /** The frames' side: a frame meets the labels that wait for it. */
    public ProcessorSupplier<String, IndexedFrame, String, Flow<LabeledFrame>> frameSide() {
        return () -> new LabelJoinerFrameSide(this);
    }

    /** The labels' side: a label meets its frame, or waits. */
    public ProcessorSupplier<String, Origin, String, Flow<LabeledFrame>> labelSide() {
        return () -> new LabelJoinerLabelSide(this, config);
    }

    List<String> classes() {
        return classes;
    }

    /** Reads a label that passed ingest before. */
    Passed<LabelEvent> read(Origin origin) {
        return new Passed<>(origin, labels.deserialize(origin.topic(), origin.value()));
    }
}
