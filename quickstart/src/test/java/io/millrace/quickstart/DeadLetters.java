package io.millrace.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The dead letters that were found, beside the records that were sent broken. */
final class DeadLetters {
    private final Map<String, BrokenRecord> sent = new LinkedHashMap<>();
    private final List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();

    /** Notes where a broken record lies. */
    void sent(BrokenRecord broken, RecordMetadata at) {
        sent.put(place(at.topic(), Integer.toString(at.partition()), Long.toString(at.offset())), broken);
    }

    /** Notes a dead letter. */
    void found(ConsumerRecord<byte[], byte[]> letter) {
        found.add(letter);
    }

    /** How many dead letters there are. */
    int count() {
        return found.size();
    }

    /** The records that were sent broken. */
    Collection<BrokenRecord> sent() {
        return sent.values();
    }

    /** What is not as it must be: each broken record in one letter of its topic, with its reason, bytes untouched. */
    List<String> mistakes() {
        List<String> mistakes = new ArrayList<>();
        Map<String, BrokenRecord> missing = new LinkedHashMap<>(sent);
        for (ConsumerRecord<byte[], byte[]> letter : found) {
            String place = place(
                    header(letter, "millrace.topic"),
                    header(letter, "millrace.partition"),
                    header(letter, "millrace.offset"));
            BrokenRecord broken = missing.remove(place);
            if (broken == null) {
                mistakes.add((sent.containsKey(place) ? "twice: " : "not broken: ") + place);
            } else {
                compare(broken, letter, mistakes);
            }
        }
        missing.values().forEach(broken -> mistakes.add("missing: " + broken));
        return mistakes;
    }

    private static void compare(BrokenRecord broken, ConsumerRecord<byte[], byte[]> letter, List<String> mistakes) {
        String reason = header(letter, "millrace.reason");
        if (!reason.equals(broken.reason().name())) {
            mistakes.add("reason of " + broken + ": " + reason + ", " + header(letter, "millrace.detail"));
        }
        if (header(letter, "millrace.detail").isBlank()) {
            mistakes.add("no detail: " + broken);
        }
        if (!Arrays.equals(broken.key(), letter.key())) {
            mistakes.add("other key: " + broken);
        }
        if (!Arrays.equals(broken.value(), letter.value())) {
            mistakes.add("other value: " + broken);
        }
        String topic = broken.topic().name();
        int prefix = topic.indexOf('.') + 1;
        if (!letter.topic().equals(topic.substring(0, prefix) + "dlq." + topic.substring(prefix))) {
            mistakes.add("in " + letter.topic() + ": " + broken);
        }
    }

    private static String place(String topic, String partition, String offset) {
        return topic + "-" + partition + "@" + offset;
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return letter.headers().lastHeader(name) == null
                ? ""
                : new String(letter.headers().lastHeader(name).value(), UTF_8);
    }
}
