package io.millrace.schemas;

import io.millrace.record.Frame;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabelRequest;
import io.millrace.record.LabeledFrame;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.ModelVersion;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;

/** Every topic of one pipeline. ARCHITECTURE.md says who writes and who reads each. */
public final class Topics {
    private static final Map<String, String> THREE_DAYS = deleteAfter(Duration.ofDays(3));
    private static final Map<String, String> THIRTY_DAYS = deleteAfter(Duration.ofDays(30));
    private static final Map<String, String> ONE_YEAR = deleteAfter(Duration.ofDays(365));
    private static final Map<String, String> DEAD_LETTERS = Map.of(
            "cleanup.policy",
            "delete",
            "retention.ms",
            Long.toString(Duration.ofDays(30).toMillis()),
            "max.message.bytes",
            Integer.toString(2 << 20));
    private static final Map<String, String> KEEP =
            Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1");
    private static final Map<String, String> COMPACT = Map.of("cleanup.policy", "compact");

    private final String prefix;
    private final SchemaIds ids;

    /**
     * @param prefix in front of every topic name, such as {@code millrace.}
     * @param ids schema ids for the values
     */
    public Topics(String prefix, SchemaIds ids) {
        this.prefix = prefix;
        this.ids = ids;
    }

    /** Unlabeled frames as producers send them. Key: source id. */
    public Topic<Frame> frames() {
        return topic("frames", Frame.class, THREE_DAYS);
    }

    /** What the labeling service says. Key: frame id. */
    public Topic<LabelEvent> labels() {
        return topic("labels", LabelEvent.class, ONE_YEAR);
    }

    /** Frames that passed validation, bytes untouched. Key: source id. */
    public Topic<Frame> acceptedFrames() {
        return topic("accepted-frames", Frame.class, THREE_DAYS);
    }

    /** Labels joined with the place of their frame. Key: frame id. */
    public Topic<LabeledFrame> labeledFrames() {
        return topic("labeled-frames", LabeledFrame.class, ONE_YEAR);
    }

    /** The champion's answers. Key: source id. */
    public Topic<Prediction> predictions() {
        return topic("predictions", Prediction.class, THIRTY_DAYS);
    }

    /** Predictions that met their label. Key: frame id. */
    public Topic<Outcome> outcomes() {
        return topic("outcomes", Outcome.class, ONE_YEAR);
    }

    /** Frames worth a human's time. Key: frame id. */
    public Topic<LabelRequest> labelRequests() {
        return topic("label-requests", LabelRequest.class, THIRTY_DAYS);
    }

    /** Immutable models. Key: version. */
    public Topic<ModelVersion> modelVersions() {
        return topic("model-versions", ModelVersion.class, KEEP);
    }

    /** What names point to. Key: alias. */
    public Topic<ModelAlias> modelAliases() {
        return topic("model-aliases", ModelAlias.class, COMPACT);
    }

    /** What became of each offset the trainer read. Key: pipeline. */
    public Topic<LedgerRow> trainingLedger() {
        return topic("training-ledger", LedgerRow.class, KEEP);
    }

    /** What happened to models. Key: model. */
    public Topic<ModelEvent> events() {
        return topic("events", ModelEvent.class, ONE_YEAR);
    }

    /** Every topic with a value schema. */
    public List<Topic<? extends SpecificRecord>> all() {
        return List.of(
                frames(),
                labels(),
                acceptedFrames(),
                labeledFrames(),
                predictions(),
                outcomes(),
                labelRequests(),
                modelVersions(),
                modelAliases(),
                trainingLedger(),
                events());
    }

    /** Full name of the topic for dead letters of {@code topic}: raw bytes, reason in the headers. */
    public String deadLettersOf(Topic<?> topic) {
        return prefix + "dlq." + topic.name().substring(prefix.length());
    }

    /** Settings with which dead-letter topics are created: a letter is its record and headers, so somewhat longer. */
    public Map<String, String> deadLetterSettings() {
        return DEAD_LETTERS;
    }

    /** The prefix, which also names the pipeline. */
    public String prefix() {
        return prefix;
    }

    private <V extends SpecificRecord> Topic<V> topic(String name, Class<V> type, Map<String, String> settings) {
        return new Topic<>(
                prefix + name,
                type,
                Serdes.serdeFrom(new AvroSerializer<>(ids), new AvroDeserializer<>(ids, type)),
                settings);
    }

    private static Map<String, String> deleteAfter(Duration retention) {
        return Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis()));
    }
}
