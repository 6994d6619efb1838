package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;

/** What the settings of a topic must be, given those it would be created with. */
record TopicRules(Remedies remedies) {
    private static final String CLEANUP = "cleanup.policy";
    private static final String RETENTION = "retention.ms";
    private static final String RETENTION_BYTES = "retention.bytes";
    private static final String LARGEST = "max.message.bytes";
    private static final String IN_SYNC = "min.insync.replicas";
    private static final String FOR_EVER = "-1";
    /** Brokers have it since the version that can refuse a record which expands without bound. */
    private static final String DECOMPRESSED = "max.decompressed.message.bytes";

    /** What is wrong with the settings in use, defaults among them. */
    List<Finding> settings(NewTopic wanted, Map<String, String> inUse) {
        List<Finding> findings = new ArrayList<>();
        String topic = wanted.name();
        String cleanup = wanted.configs().getOrDefault(CLEANUP, "delete");
        if (!cleanup.equals(inUse.get(CLEANUP))) {
            String lost =
                    cleanup.equals("compact") ? "what it says now is deleted in time" : "records are lost by their key";
            findings.add(fail(topic, CLEANUP, inUse, cleanup, lost));
        }
        for (String key : List.of(RETENTION, RETENTION_BYTES)) {
            String keep = wanted.configs().get(key);
            if (FOR_EVER.equals(keep) && !FOR_EVER.equals(inUse.get(key))) {
                findings.add(fail(topic, key, inUse, FOR_EVER, "its records are needed for ever"));
            } else if (keep != null && number(inUse, key) >= 0 && number(inUse, key) < Long.parseLong(keep)) {
                findings.add(new Warn(
                        "topics.settings",
                        topic + " has " + key + "=" + inUse.get(key) + ", less than the usual " + keep,
                        remedies.alterTopic(topic, key, keep)));
            }
        }
        String largest = wanted.configs().getOrDefault(LARGEST, "0");
        if (number(inUse, LARGEST) < Long.parseLong(largest)) {
            findings.add(fail(topic, LARGEST, inUse, largest, "longer records of the pipeline are refused"));
        }
        return findings;
    }

    /** Whether its partitions take records now. */
    List<Finding> replicas(String topic, List<TopicPartitionInfo> partitions, Map<String, String> inUse) {
        long needed = Math.max(1, number(inUse, IN_SYNC));
        for (TopicPartitionInfo partition : partitions) {
            String which = topic + "-" + partition.partition();
            int copies = partition.replicas().size();
            if (copies < needed) {
                return List.of(new Fail(
                        "topics.replication",
                        which + " has " + copies + " copies and " + IN_SYNC + "=" + needed + ": nothing can be written",
                        remedies.alterTopic(topic, IN_SYNC, Integer.toString(Math.max(1, copies - 1)))));
            }
            if (partition.leader() == null || partition.isr().size() < needed) {
                return List.of(new Fail(
                        "topics.replication",
                        which + " has " + partition.isr().size() + " of " + copies + " copies in sync and needs "
                                + needed,
                        "start the brokers " + partition.replicas() + " that are down"));
            }
        }
        return List.of();
    }

    /** Whether the brokers can refuse records that expand without bound; up to 4.3.1 they cannot. */
    static Finding bombs(Map<String, String> ofAnyTopic) {
        return ofAnyTopic.containsKey(DECOMPRESSED)
                ? new Ok("broker.version", "it can bound what a record expands to (" + DECOMPRESSED + ")")
                : new Warn(
                        "broker.version",
                        "it has no " + DECOMPRESSED + ", as 4.3.1 and earlier: a small compressed record can expand"
                                + " without bound in every consumer",
                        "upgrade the brokers to 4.3.2 or later");
    }

    private Finding fail(String topic, String key, Map<String, String> inUse, String wanted, String why) {
        return new Fail(
                "topics.settings",
                topic + " has " + key + "=" + inUse.get(key) + ": " + why,
                remedies.alterTopic(topic, key, wanted));
    }

    private static long number(Map<String, String> settings, String key) {
        return Long.parseLong(settings.getOrDefault(key, FOR_EVER));
    }
}
