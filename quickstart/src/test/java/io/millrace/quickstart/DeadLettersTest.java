package io.millrace.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Reason;
import io.millrace.schemas.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The check of the dead letters sees what it must. */
class DeadLettersTest {
    private static final Topics TOPICS = new Topics("test.", LockedSchemaIds.load());
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    private final DeadLetters letters = new DeadLetters();

    @Test
    void shouldFindNoMistakeWhenEachRecordHasItsLetter() {
        send(5, KEY, VALUE);
        send(6, null, null);
        letters.found(letter("test.dlq.frames", 6, Reason.NOT_AVRO, null, null));
        letters.found(letter("test.dlq.frames", 5, Reason.NOT_AVRO, KEY, VALUE));

        assertThat(letters.mistakes()).isEmpty();
        assertThat(letters.count()).isEqualTo(2);
    }

    @Test
    void shouldNoticeALetterThatIsMissing() {
        send(5, KEY, VALUE);
        send(6, KEY, VALUE);
        letters.found(letter("test.dlq.frames", 5, Reason.NOT_AVRO, KEY, VALUE));

        assertThat(letters.mistakes()).containsExactly("missing: broken 6");
    }

    @Test
    void shouldNoticeALetterThatCameTwiceOrThatNobodyExpects() {
        send(5, KEY, VALUE);
        letters.found(letter("test.dlq.frames", 5, Reason.NOT_AVRO, KEY, VALUE));
        letters.found(letter("test.dlq.frames", 5, Reason.NOT_AVRO, KEY, VALUE));
        letters.found(letter("test.dlq.frames", 7, Reason.NOT_AVRO, KEY, VALUE));

        assertThat(letters.mistakes()).containsExactly("twice: test.frames-0@5", "not broken: test.frames-0@7");
    }

    @Test
    void shouldNoticeAnotherReasonAnotherTopicAndOtherBytes() {
        send(5, KEY, VALUE);
        letters.found(letter("test.dlq.labels", 5, Reason.TOMBSTONE, VALUE, KEY));

        assertThat(letters.mistakes())
                .containsExactly(
                        "reason of broken 5: TOMBSTONE, detail",
                        "other key: broken 5",
                        "other value: broken 5",
                        "in test.dlq.labels: broken 5");
    }

    private void send(long offset, byte[] key, byte[] value) {
        letters.sent(
                new BrokenRecord("broken " + offset, TOPICS.frames(), key, value, Reason.NOT_AVRO),
                new RecordMetadata(new TopicPartition("test.frames", 0), offset, 0, 0, 0, 0));
    }

    private static ConsumerRecord<byte[], byte[]> letter(
            String topic, long offset, Reason reason, byte[] key, byte[] value) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>(topic, 0, 0, key, value);
        new DeadLetter(reason, "detail", "test.frames", 0, offset)
                .headers()
                .forEach(header -> letter.headers().add(header));
        return letter;
    }
}
