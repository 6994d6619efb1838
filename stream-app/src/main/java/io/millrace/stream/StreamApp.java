package io.millrace.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.CorruptBlobException;
import io.millrace.runtime.blob.MeteredBlobStore;
import io.millrace.runtime.meters.KafkaMeters;
import io.millrace.stream.validate.BlobReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link FrameTopology} against a broker. A broken environment (a registry that does not answer) is tried
 * again from the last commit; anything else ends the client and is told to {@code onFailure}.
 */
public final class StreamApp implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(StreamApp.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    /** A dead letter may be somewhat longer than the record that it carries. */
    private static final int MAX_REQUEST_BYTES = 2 << 20;

    private final KafkaStreams streams;
    private final KafkaMeters metrics;
    private final Gauge backlog;
    private final MeterRegistry meters;
    private final Counter retries;
    private final Consumer<Throwable> onFailure;

    /**
     * Connects nothing yet.
     *
     * @param endpoint where meters and health are shown
     * @param onFailure told once a stream thread died of what trying again does not cure; must not block
     * @throws IOException when the blob store cannot be opened
     */
    public StreamApp(
            PipelineSettings pipeline, StreamSettings settings, Endpoint endpoint, Consumer<Throwable> onFailure)
            throws IOException {
        this.onFailure = onFailure;
        BlobReader blobs = reader(new MeteredBlobStore(BlobStore.at(pipeline.blobStore()), endpoint.meters()));
        streams = new KafkaStreams(
                FrameTopology.build(pipeline, settings, endpoint.meters(), blobs), config(pipeline, settings));
        streams.setUncaughtExceptionHandler(this::handle);
        meters = endpoint.meters();
        metrics = new KafkaMeters(
                refresher -> new KafkaStreamsMetrics(streams, Tags.empty(), refresher, KafkaMeters.REFRESH), meters);
        backlog = Gauge.builder("stream.backlog.records", streams, StreamApp::backlog)
                .baseUnit("records")
                .description("Records of all topics that this stream-app reads, which wait for it")
                .register(meters);
        retries = Counter.builder("stream.thread.retries")
                .baseUnit("retries")
                .description("Stream threads begun anew because the environment was broken")
                .register(endpoint.meters());
        endpoint.readyWhen("stream", this::isRunning);
        endpoint.liveWhen("stream", () -> !streams.state().hasStartedOrFinishedShuttingDown());
    }

    /** Starts the threads and returns at once. */
    public void start() {
        streams.start();
    }

    /** True while records are processed; false while starting, rebalancing, restoring, and after a failure. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Commits what was processed and ends the threads. */
    @Override
    public void close() {
        metrics.close();
        meters.remove(backlog);
        // Leaving the group spares the successor the wait for the session timeout.
        if (!streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_TIMEOUT))) {
            LOGGER.atWarn().addKeyValue("timeout", CLOSE_TIMEOUT).log("The stream threads did not end in time");
        }
    }

    /**
     * The lag of each partition, as the consumers last saw it. Kafka 4 shows a topic with dots a second time, with
     * underscores; stores that are restored are not counted.
     */
    private static double backlog(KafkaStreams streams) {
        Map<List<String>, Double> lags = new HashMap<>();
        for (Metric metric : streams.metrics().values()) {
            Map<String, String> tags = metric.metricName().tags();
            if (metric.metricName().name().equals("records-lag")
                    && !tags.getOrDefault("client-id", "").endsWith("restore-consumer")
                    && metric.metricValue() instanceof Double lag
                    && !lag.isNaN()) {
                String topic = tags.getOrDefault("topic", "").replace('.', '_');
                lags.put(List.of(topic, tags.getOrDefault("partition", "")), lag);
            }
        }
        return lags.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Settings for Kafka Streams. */
    static Properties config(PipelineSettings pipeline, StreamSettings settings) {
        Map<String, Object> own = new HashMap<>();
        own.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        own.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir());
        own.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        own.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        own.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, settings.groupProtocol());
        own.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, settings.bufferedRecords());
        own.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        own.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        own.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        own.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        own.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
        Properties properties = new Properties();
        properties.putAll(pipeline.kafkaWith(own));
        return properties;
    }

    /** A blob that is not what its hash says is as good as none; a store that cannot be read is no record's fault. */
    private static BlobReader reader(BlobStore store) {
        return sha256 -> {
            try {
                return store.get(sha256);
            } catch (CorruptBlobException e) {
                LOGGER.atWarn().addKeyValue("sha256", sha256).log("A blob is corrupt");
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException("blob store cannot be read", e);
            }
        };
    }

    private StreamThreadExceptionResponse handle(Throwable failure) {
        if (isRetriable(failure)) {
            retries.increment();
            LOGGER.atWarn().setCause(failure).log("The environment is broken, trying again from the last commit");
            LockSupport.parkNanos(RETRY_PAUSE.toNanos());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        onFailure.accept(failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    static boolean isRetriable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException) {
                return true;
            }
        }
        return false;
    }
}
