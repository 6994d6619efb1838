package io.millrace.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.record.Frame;
import io.millrace.record.IndexedFrame;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.SchemaIds;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.stream.deduplicate.DuplicateFilter;
import io.millrace.stream.flow.Check;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Passed;
import io.millrace.stream.flow.Origin;
import io.millrace.stream.flow.Verdict;
import io.millrace.stream.ingest.ClampedTimestamps;
import io.millrace.stream.ingest.RecordReader;
import io.millrace.stream.join.FrameIndex;
import io.millrace.stream.join.LabelJoiner;
import io.millrace.stream.join.OutcomeJoiner;
import io.millrace.stream.validate.BlobReader;
import io.millrace.stream.validate.FrameValidator;
import io.millrace.stream.validate.LabelValidator;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The path of a frame and of a label through the stream-app, top to bottom in {@link #topology}. The picture is in the
 * description of this package. Every offset of frames and labels leaves exactly once, as what it became or as a dead
 * letter.
 */
public final class FrameTopology {
    private static final String REFERENCES = "frame-references";
    private static final String LABELS = "labels-by-frame";
    private static final String PREDICTIONS = "predictions-by-frame";
    /** What is partitioned by frame id, and so by us. */
    static final List<String> BY_FRAME = List.of(REFERENCES, LABELS, PREDICTIONS);

    /** Longest record of frames: the most inline bytes, and room for the other fields. */
    private static final int MAX_FRAME_BYTES = 1_000_000;
    /** Longest record of labels; they are kept whole while they wait. */
    private static final int MAX_LABEL_BYTES = 16 << 10;
    /** Longest record of predictions: some 50,000 classes. */
    private static final int MAX_PREDICTION_BYTES = 256 << 10;

    private final PipelineSettings pipeline;
    private final StreamSettings settings;
    private final BlobReader blobs;
    private final Topics topics;
    private final StreamMeters meters;
    private final TimestampExtractor timestamps;
    private final StreamsBuilder builder;
    private final LabelJoiner joiner;
    private final Serde<IndexedFrame> references = internal(IndexedFrame.class);
    private final Serde<Outcome> outcomes = internal(Outcome.class);

    private FrameTopology(PipelineSettings pipeline, StreamSettings settings, Outside outside) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.blobs = outside.blobs();
        this.topics = new Topics(pipeline.topicPrefix(), outside.ids());
        this.meters = new StreamMeters(outside.meters(), topics);
        this.timestamps = new ClampedTimestamps(outside.clock(), settings.maxAge(), settings.maxFuture());
        this.builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(StreamApp.config(pipeline, settings))));
        this.joiner = new LabelJoiner(
                settings.join(),
                pipeline.classes(),
                topics.labels().name(),
                topics.labels().values().deserializer());
    }

    /** What the topology needs of the world: tests bring their own. */
    record Outside(MeterRegistry meters, BlobReader blobs, SchemaIds ids, InstantSource clock) {}

    /**
     * Builds the topology.
     *
     * @param meters where records are counted
     * @param blobs where the bytes of large frames come from
     */
    public static Topology build(
            PipelineSettings pipeline, StreamSettings settings, MeterRegistry meters, BlobReader blobs) {
        return build(pipeline, settings, new Outside(meters, blobs, pipeline.schemaIds(), InstantSource.system()));
    }

    static Topology build(PipelineSettings pipeline, StreamSettings settings, Outside outside) {
        return new FrameTopology(pipeline, settings, outside).topology();
    }

    private Topology topology() {
        addStores();

        // ingest and validate; what is refused here or later goes to the dead letters of its topic
        KStream<String, Passed<Frame>> frames = intake(topics.frames(), MAX_FRAME_BYTES, frameValidator());
        KStream<String, Passed<LabelEvent>> labels = intake(topics.labels(), MAX_LABEL_BYTES, labelValidator());
        KStream<String, Passed<Prediction>> predictions =
                intake(topics.predictions(), MAX_PREDICTION_BYTES, (key, prediction, nowMs) -> Verdict.valid());

        // deduplicate: the first frame of an id goes on, its bytes to accepted-frames, its reference to the index
        KStream<String, Passed<IndexedFrame>> accepted = passed(
                frames.processValues(DuplicateFilter::new, Named.as("deduplicate-frames"), DuplicateFilter.STORE),
                topics.frames(),
                "deduplicate-frames");
        accepted.processValues(() -> new AcceptProcessor(meters), Named.as("accept-frames"))
                .to(
                        topics.acceptedFrames().name(),
                        produced(untouched(), "accepted-frames").withStreamPartitioner(FrameTopology::whereItCame));

        // by frame id: three small streams partitioned by us, since producers in other languages hash keys otherwise
        KStream<String, IndexedFrame> referencesById = accepted.map(
                        (key, frame) -> KeyValue.pair(frame.value().getFrameId(), frame.value()),
                        Named.as("reference-frames"))
                .repartition(byFrame(REFERENCES, references));
        KStream<String, Origin> labelsById = labels.mapValues(Passed::origin, Named.as("raw-labels"))
                .repartition(byFrame(LABELS, joiner.rawLabels()));
        KStream<String, Outcome> predictionsById = predictions
                .peek((key, one) -> meters.countAccepted(one.origin().topic()), Named.as("count-predictions"))
                .map((key, one) -> unlabeled(one), Named.as("unlabeled-predictions"))
                .repartition(byFrame(PREDICTIONS, outcomes));

        // index, join labels, join outcomes
        KStream<String, LabeledFrame> labeled = joinLabels(referencesById, labelsById);
        labeled.to(
                topics.labeledFrames().name(), produced(topics.labeledFrames().values(), "labeled-frames"));
        joinOutcomes(labeled, predictionsById)
                .to(topics.outcomes().name(), produced(topics.outcomes().values(), "outcomes"));
        return builder.build();
    }

    private KStream<String, LabeledFrame> joinLabels(
            KStream<String, IndexedFrame> references, KStream<String, Origin> labels) {
        KStream<String, Flow<LabeledFrame>> whenFramesCome = references
                .process(() -> new FrameIndex(meters::countReappeared), Named.as("index-frames"), FrameIndex.STORE)
                .process(joiner.frameSide(), Named.as("join-frames"), LabelJoiner.storeNames());
        KStream<String, Flow<LabeledFrame>> whenLabelsCome =
                labels.process(joiner.labelSide(), Named.as("join-labels"), LabelJoiner.storeNames());
        return passed(whenFramesCome.merge(whenLabelsCome, Named.as("labels-joined")), topics.labels(), "join-labels")
                .peek((key, label) -> meters.countLabel(label), Named.as("count-labels"))
                .mapValues(Passed::value, Named.as("labeled-values"));
    }

    private KStream<String, Outcome> joinOutcomes(
            KStream<String, LabeledFrame> labeled, KStream<String, Outcome> predictions) {
        KStream<String, Outcome> whenLabelsCome =
                labeled.process(OutcomeJoiner.labelSide(), Named.as("score-by-label"), OutcomeJoiner.storeNames());
        KStream<String, Outcome> whenPredictionsCome = predictions.process(
                OutcomeJoiner.predictionSide(), Named.as("score-by-prediction"), OutcomeJoiner.storeNames());
        return whenLabelsCome
                .merge(whenPredictionsCome, Named.as("outcomes-joined"))
                .peek((key, one) -> meters.countOutcome(topics.outcomes().name(), one), Named.as("count-outcomes"));
    }

    /** Reads a topic raw, so that a dead letter is the raw record whatever happens, then makes it typed and checks it. */
    private <V extends SpecificRecord> KStream<String, Passed<V>> intake(Topic<V> topic, int maxBytes, Check<V> check) {
        String name = "intake-" + topic.name().substring(pipeline.topicPrefix().length());
        RecordReader<V> reader = new RecordReader<>(topic.values().deserializer(), maxBytes);
        Consumed<byte[], byte[]> raw = Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                .withTimestampExtractor(timestamps)
                .withName(topic.name().substring(pipeline.topicPrefix().length()));
        KStream<String, Flow<V>> read =
                builder.stream(topic.name(), raw).process(() -> new IntakeProcessor<>(reader, check), Named.as(name));
        return passed(read, topic, name);
    }

    /** Sends what a stage refused to the dead letters of the topic; what passed goes on. */
    private <V> KStream<String, Passed<V>> passed(KStream<String, Flow<V>> flows, Topic<?> topic, String stage) {
        flows.process(() -> new DeadLetterProcessor<V>(meters), Named.as(stage + "-refused"))
                .to(
                        topics.deadLettersOf(topic),
                        Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName(stage + "-dead-letters"));
        return flows.filter((key, flow) -> flow instanceof Passed, Named.as(stage + "-passed"))
                .mapValues(flow -> (Passed<V>) flow, Named.as(stage + "-on"));
    }

    private static KeyValue<String, Outcome> unlabeled(Passed<Prediction> prediction) {
        return KeyValue.pair(prediction.value().getFrameId(), OutcomeJoiner.unlabeled(prediction.value()));
    }

    private void addStores() {
        builder.addStateStore(DuplicateFilter.store(settings.join().retention()));
        builder.addStateStore(FrameIndex.store(settings.join(), references));
        joiner.stores(internal(LabeledFrame.class)).forEach(builder::addStateStore);
        builder.addStateStore(OutcomeJoiner.store(settings.join(), outcomes));
    }

    private FrameValidator frameValidator() {
        return new FrameValidator(pipeline.frameShape(), blobs, settings.maxAge(), settings.maxFuture());
    }

    private LabelValidator labelValidator() {
        return new LabelValidator(pipeline.classes(), settings.maxFuture());
    }

    private <V> Repartitioned<String, V> byFrame(String name, Serde<V> values) {
        return Repartitioned.<String, V>as(name)
                .withKeySerde(Serdes.String())
                .withValueSerde(values)
                .withNumberOfPartitions(settings.joinPartitions());
    }

    /**
     * An accepted frame stays in the partition it came in: so the order within a partition is that of the producer, and
     * does not depend on which stream task was faster.
     */
    private static Optional<Set<Integer>> whereItCame(String topic, String key, Origin origin, int partitions) {
        return Optional.of(Set.of(origin.partition() % partitions));
    }

    /** Writes a record's value as it came. */
    private static Serde<Origin> untouched() {
        return Serdes.serdeFrom((topic, origin) -> origin.value(), (topic, bytes) -> {
            throw new UnsupportedOperationException("accepted frames are not read here");
        });
    }

    private static <V> Produced<String, V> produced(Serde<V> values, String name) {
        return Produced.with(Serdes.String(), values).withName("to-" + name);
    }

    /** Internal topics and stores are read by nobody else: the lock file knows their schemas, a registry need not. */
    private static <V extends SpecificRecord> Serde<V> internal(Class<V> type) {
        LockedSchemaIds ids = LockedSchemaIds.load();
        return Serdes.serdeFrom(new AvroSerializer<>(ids), new AvroDeserializer<>(ids, type));
    }
}
