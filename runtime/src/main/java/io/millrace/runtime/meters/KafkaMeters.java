package io.millrace.runtime.meters;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka's clients measure of themselves, as far as somebody looks at it: they have some 400 names, most of them once
 * for each node, store or partition, which made a scrape of the demo 779 kB. Whoever closes a client closes this first.
 */
public final class KafkaMeters implements AutoCloseable {
    /** How soon the series of a new partition, task or store appear. */
    public static final Duration REFRESH = Duration.ofSeconds(5);

    private static final Set<String> KEPT = Set.of(
            "kafka.consumer.coordinator.assigned.partitions",
            "kafka.consumer.coordinator.failed.rebalance.total",
            "kafka.consumer.coordinator.rebalance.total",
            "kafka.consumer.fetch.manager.fetch.latency.avg",
            "kafka.consumer.fetch.manager.records.lag",
            "kafka.consumer.time.between.poll.max",
            "kafka.producer.record.error.total",
            "kafka.producer.record.retry.total",
            "kafka.producer.record.send.total",
            "kafka.producer.request.latency.avg",
            "kafka.stream.alive.stream.threads",
            "kafka.stream.failed.stream.threads",
            "kafka.stream.state.block.cache.usage",
            "kafka.stream.state.size.all.mem.tables",
            "kafka.stream.state.total.sst.files.size",
            "kafka.stream.task.dropped.records.total",
            "kafka.stream.task.restore.remaining.records.total",
            "kafka.stream.thread.commit.latency.avg",
            "kafka.stream.thread.process.latency.avg",
            "kafka.stream.thread.process.rate");

    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "kafka-meters");
        thread.setDaemon(true);
        return thread;
    });
    private final AutoCloseable binder;

    /**
     * Shows what {@code binder} finds.
     *
     * @param binder makes the binder, given who calls it every {@link #REFRESH}
     */
    public <B extends MeterBinder & AutoCloseable> KafkaMeters(
            Function<ScheduledExecutorService, B> binder, MeterRegistry meters) {
        B made = binder.apply(refresher);
        made.bindTo(meters);
        this.binder = made;
    }

    /** Shows the numbers of a consumer. */
    public static KafkaMeters of(Consumer<?, ?> consumer, MeterRegistry meters) {
        return new KafkaMeters(refresher -> new KafkaClientMetrics(consumer, Tags.empty(), refresher, REFRESH), meters);
    }

    /** Shows the numbers of a producer. */
    public static KafkaMeters of(Producer<?, ?> producer, MeterRegistry meters) {
        return new KafkaMeters(refresher -> new KafkaClientMetrics(producer, Tags.empty(), refresher, REFRESH), meters);
    }

    /**
     * Lets through what somebody looks at. For topics with a dot in their name Kafka 4 shows every series a second time,
     * with underscores in place of the dots; these are kept out, so a topic with underscores and no dot has no lag here.
     */
    public static MeterFilter filter() {
        return MeterFilter.deny(id -> id.getName().startsWith("kafka.") && !isKept(id));
    }

    private static boolean isKept(Meter.Id id) {
        @Nullable String topic = id.getTag("topic");
        boolean shownTwice = topic != null && topic.indexOf('.') < 0 && topic.indexOf('_') >= 0;
        return KEPT.contains(id.getName()) && !shownTwice;
    }

    @Override
    public void close() {
        refresher.shutdownNow();
        try {
            binder.close();
        } catch (Exception e) {
            throw new IllegalStateException("meters only forget what they show", e);
        }
    }
}
