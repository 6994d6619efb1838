package io.millrace.stream;

import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.Groups;
import io.millrace.stream.deduplicate.DuplicateFilter;
import io.millrace.stream.join.JoinConfig;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Settings of the stream-app.
 *
 * @param applicationId consumer group, transactional ids and internal topics start with it
 * @param groupProtocol {@code classic} or {@code streams}
 * @param stateDir where stores lie; they can be rebuilt from Kafka
 * @param threads stream threads
 * @param commitInterval a transaction is committed this often: what comes out becomes visible then
 * @param bufferedRecords records read ahead of each partition; frames may be large
 * @param joinPartitions partitions of the internal topics by frame id; fixed once the application has run
 * @param maxAge frames captured longer ago are refused
 * @param maxFuture frames and labels from further in the future are refused
 * @param join how long frames and labels wait for each other
 */
public record StreamSettings(
        String applicationId,
        String groupProtocol,
        String stateDir,
        int threads,
        Duration commitInterval,
        int bufferedRecords,
        int joinPartitions,
        Duration maxAge,
        Duration maxFuture,
        JoinConfig join) {
    private static final String APPLICATION_ID = "stream.application.id";
    private static final String GROUP_PROTOCOL = "stream.group.protocol";
    private static final String STATE_DIR = "stream.state.dir";
    private static final String THREADS = "stream.threads";
    private static final String COMMIT_INTERVAL = "stream.commit.interval.ms";
    private static final String BUFFERED_RECORDS = "stream.buffered.records";
    private static final String JOIN_PARTITIONS = "stream.join.partitions";
    private static final String MAX_AGE = "stream.max.age.ms";
    private static final String MAX_FUTURE = "stream.max.future.ms";
    private static final String LABEL_WAIT = "stream.label.wait.ms";
    private static final String LABEL_HORIZON = "stream.label.horizon.ms";

    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final long YEAR_MS = Duration.ofDays(365).toMillis();

    /** Every key of the stream-app, those of the pipeline among them. */
    public static ConfigDef declare() {
        ConfigDef declared = PipelineSettings.declareIn(new ConfigDef());
        declareKafka(declared);
        declareJoin(declared);
        return declared;
    }

    private static void declareKafka(ConfigDef declared) {
        Importance medium = Importance.MEDIUM;
        String id = "Consumer group and start of every internal name; empty: topic prefix + stream-app.";
        declared.define(APPLICATION_ID, Type.STRING, "", medium, id);
        String protocol = "Rebalance protocol. streams fails over sooner, classic allows static membership.";
        declared.define(
                GROUP_PROTOCOL,
                Type.STRING,
                "classic",
                ConfigDef.ValidString.in("classic", "streams"),
                medium,
                protocol);
        String state = "Where the stores lie. They can be deleted while the application is down: Kafka has a copy.";
        declared.define(STATE_DIR, Type.STRING, "data/stream", new ConfigDef.NonEmptyString(), medium, state);
        String threads = "Stream threads; more than the partitions of frames plus stream.join.partitions are idle.";
        declared.define(THREADS, Type.INT, 1, Range.between(1, 256), medium, threads);
        String commit = "A transaction is committed this often; what comes out is visible to others only then.";
        declared.define(COMMIT_INTERVAL, Type.LONG, 100L, Range.between(1L, 60_000L), medium, commit);
        String buffered = "Records read ahead of each partition. A frame may take 1 MiB, so this bounds memory.";
        declared.define(BUFFERED_RECORDS, Type.INT, 200, Range.between(1, 100_000), medium, buffered);
    }

    private static void declareJoin(ConfigDef declared) {
        Importance medium = Importance.MEDIUM;
        String partitions = "Partitions of the internal topics by frame id. Not to be changed once it has run.";
        declared.define(JOIN_PARTITIONS, Type.INT, 4, Range.between(1, 1_000), medium, partitions);
        String age = "Frames captured longer ago are refused; timestamps further back count as this old.";
        declared.define(MAX_AGE, Type.LONG, Duration.ofDays(3).toMillis(), Range.between(1_000L, YEAR_MS), medium, age);
        String future = "Frames and labels from further in the future are refused. Brokers allow an hour at most.";
        declared.define(MAX_FUTURE, Type.LONG, 300_000L, Range.between(0L, HOUR_MS), medium, future);
        String wait =
                "How long a label that came first waits for its frame, by wall-clock. Keep it above any backlog of frames.";
        declared.define(LABEL_WAIT, Type.LONG, 600_000L, Range.between(1_000L, YEAR_MS), medium, wait);
        String horizon = "How long after the arrival of a frame a label still counts. At most the retention of frames.";
        declared.define(
                LABEL_HORIZON,
                Type.LONG,
                Duration.ofDays(3).toMillis(),
                Range.between(60_000L, YEAR_MS),
                medium,
                horizon);
    }

    /** Reads the keys. */
    public static StreamSettings from(Settings settings) {
        String given = settings.get(APPLICATION_ID);
        return new StreamSettings(
                given.isEmpty() ? new Groups(PipelineSettings.from(settings).topicPrefix()).streamApp() : given,
                settings.get(GROUP_PROTOCOL),
                settings.get(STATE_DIR),
                settings.get(THREADS),
                duration(settings, COMMIT_INTERVAL),
                settings.get(BUFFERED_RECORDS),
                settings.get(JOIN_PARTITIONS),
                duration(settings, MAX_AGE),
                duration(settings, MAX_FUTURE),
                new JoinConfig(duration(settings, LABEL_WAIT), duration(settings, LABEL_HORIZON)));
    }

    /** Internal topic that must have as many partitions as {@code frames}: what was seen in each of them. */
    public String seenFramesTopic() {
        return applicationId + "-" + DuplicateFilter.STORE + "-changelog";
    }

    /** Internal topics by frame id, which must have {@link #joinPartitions} partitions. */
    public List<String> topicsByFrame() {
        return FrameTopology.BY_FRAME.stream()
                .map(name -> applicationId + "-" + name + "-repartition")
                .toList();
    }

    private static Duration duration(Settings settings, String key) {
        return Duration.ofMillis(settings.<Long>get(key));
    }
}
