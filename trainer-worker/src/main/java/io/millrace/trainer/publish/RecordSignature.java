package io.millrace.trainer.publish;

import io.millrace.runtime.signing.SigningKey;
import io.millrace.runtime.signing.TrustedSigners;
import io.millrace.runtime.signing.TrustedSigners.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a record, in its headers, over its value exactly as it lies in the topic: nothing is decoded and encoded
 * again before it is verified, so a reader of another version of the schema comes to the same verdict.
 *
 * <pre>
 *   millrace.signer     name of the signer, UTF-8
 *   millrace.signature  Ed25519, 64 bytes, over:  "millrace-record-1" LF topic LF value
 * </pre>
 *
 * <p>The topic is part of it, so that a record of one pipeline or topic counts for nothing in another.
 */
public final class RecordSignature {
    /** Header with the name of the signer. */
    public static final String SIGNER = "millrace.signer";
    /** Header with the signature. */
    public static final String SIGNATURE = "millrace.signature";

    private static final String DOMAIN = "millrace-record-1";

    private RecordSignature() {}

    /** The headers of a record; none when there is no key to sign with. */
    public static List<Header> headers(@Nullable SigningKey key, String topic, byte[] value) {
        if (key == null) {
            return List.of();
        }
        return List.of(
                new RecordHeader(SIGNER, key.signer().getBytes(StandardCharsets.UTF_8)),
                new RecordHeader(SIGNATURE, key.sign(message(topic, value))));
    }

    /** What is to be thought of a record as it was read. */
    public static Verdict verdict(TrustedSigners signers, ConsumerRecord<byte[], byte[]> record) {
        byte[] signer = header(record, SIGNER);
        byte[] signature = header(record, SIGNATURE);
        if (signer == null || signature == null || record.value() == null) {
            return Verdict.UNSIGNED;
        }
        return signers.verdict(
                new String(signer, StandardCharsets.UTF_8), signature, message(record.topic(), record.value()));
    }

    /** Anyone may leave a header's value out. */
    private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    private static byte[] message(String topic, byte[] value) {
        byte[] context = (DOMAIN + "\n" + topic + "\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream(context.length + value.length);
        message.writeBytes(context);
        message.writeBytes(value);
        return message.toByteArray();
    }
}
