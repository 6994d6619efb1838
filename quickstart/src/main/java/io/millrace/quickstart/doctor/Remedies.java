package io.millrace.quickstart.doctor;

import java.util.Map;

/**
 * How remedies are spelled: our own commands with the options that the doctor was given, Kafka's with the broker's
 * address.
 *
 * @param kafka settings of the Kafka clients
 * @param options the options that the doctor was given, each with a space before it
 */
record Remedies(Map<String, String> kafka, String options) {
    Remedies {
        kafka = Map.copyOf(kafka);
    }

    /** Our own command. */
    String millrace(String command) {
        return "./millrace " + command + options;
    }

    /** A setting. */
    static String set(String key, Object value) {
        return "--set " + key + "=" + value;
    }

    /** Changes settings of a topic. */
    String alterTopic(String topic, String key, String value) {
        return kafkaTool("kafka-configs.sh") + " --alter --entity-type topics --entity-name " + topic + " --add-config "
                + key + "=" + (value.contains(",") ? "[" + value + "]" : value);
    }

    /** Gives the topics of frames and labels more partitions, and what the stream-app keeps of each. */
    String grow(int partitions) {
        return "stop every stream-app, then " + millrace("topics --grow --partitions " + partitions);
    }

    /**
     * Deletes a topic, and creates it as it should be.
     *
     * @param lost what its records say
     */
    String recreate(String topic, String lost) {
        return "its records are lost with it (" + lost
                + "): copy them first, as docs/OPERATIONS.md, Disaster, says; then " + kafkaTool("kafka-topics.sh")
                + " --delete --topic " + topic + " && " + millrace("topics");
    }

    /** Changes a setting that all brokers share. */
    String alterBrokers(String key, Object value) {
        return kafkaTool("kafka-configs.sh") + " --alter --entity-type brokers --entity-default --add-config " + key
                + "=" + value;
    }

    private String kafkaTool(String script) {
        boolean plain = "PLAINTEXT".equals(kafka.getOrDefault("security.protocol", "PLAINTEXT"));
        return script + " --bootstrap-server " + kafka.get("bootstrap.servers")
                + (plain ? "" : " --command-config CLIENT.properties");
    }
}
