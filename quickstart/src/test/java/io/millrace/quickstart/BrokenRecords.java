package io.millrace.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.schemas.Reason;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;

/**
 * What can be wrong with a frame, a label and a prediction, and the reason that must be told. The samples themselves are
 * the files of {@code broken/}, which {@code src/test/scripts/BrokenSamples.java} writes.
 */
final class BrokenRecords {
    static final List<Integer> IMAGE = List.of(1, 28, 28);
    static final List<Integer> WINDOW = List.of(2, 64);
    private static final byte[] KEY = "camera-1".getBytes(UTF_8);

    private final List<BrokenRecord> records = new ArrayList<>();
    private final Topics topics;
    private final Instant now;

    private BrokenRecords(Topics topics, Instant now) {
        this.topics = topics;
        this.now = now;
    }

    /**
     * Everything that can be wrong where images are learned.
     *
     * @param accepted a frame that was accepted before
     * @param labeled its label, which was joined before
     */
    static List<BrokenRecord> ofImages(Topics topics, Instant now, Frame accepted, LabelEvent labeled) {
        BrokenRecords broken = new BrokenRecords(topics, now);
        broken.unreadable(topics.frames(), accepted);
        broken.unreadable(topics.labels(), labeled);
        broken.undecodable();
        broken.misshapen();
        broken.misplaced(accepted);
        broken.wrongLabels(labeled);
        broken.add("prediction without key", topics.predictions(), null, new byte[] {1}, Reason.NULL_KEY);
        broken.add("prediction without value", topics.predictions(), KEY, null, Reason.TOMBSTONE);
        broken.add("prediction in JSON", topics.predictions(), KEY, file("not-avro.json"), Reason.NOT_AVRO);
        return broken.records;
    }

    /** Everything that can be wrong with the windows of a sensor. */
    static List<BrokenRecord> ofWindows(Topics topics, Instant now) {
        BrokenRecords broken = new BrokenRecords(topics, now);
        broken.window("nan-window.f32", Encoding.F32_LE, Reason.NON_FINITE);
        broken.window("infinite-window.f32", Encoding.F32_LE, Reason.NON_FINITE);
        broken.window("huge-window.f32", Encoding.F32_LE, Reason.NON_FINITE);
        broken.window("short-window.f32", Encoding.F32_LE, Reason.WRONG_SHAPE);
        broken.window("truncated.jpg", Encoding.JPEG, Reason.UNKNOWN_ENCODING);
        return broken.records;
    }

    /** A file of {@code broken/}. */
    static byte[] file(String name) {
        try (InputStream in = BrokenRecords.class.getResourceAsStream("/broken/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** A record's bytes as a producer sends them. */
    static <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
        return topic.values().serializer().serialize(topic.name(), value);
    }

    private <V extends SpecificRecord> void unreadable(Topic<V> topic, V sound) {
        byte[] bytes = bytes(topic, sound);
        add("no key", topic, null, bytes, Reason.NULL_KEY);
        add("no key, no value", topic, null, null, Reason.NULL_KEY);
        add("tombstone", topic, KEY, null, Reason.TOMBSTONE);
        add("key not in UTF-8", topic, new byte[] {'a', (byte) 0xFF}, bytes, Reason.KEY_MISMATCH);
        add("key of another", topic, "camera-none".getBytes(UTF_8), bytes, Reason.KEY_MISMATCH);
        add("no bytes", topic, KEY, new byte[0], Reason.NOT_AVRO);
        add("JSON", topic, KEY, file("not-avro.json"), Reason.NOT_AVRO);
        add("cut in the schema id", topic, KEY, file("no-schema-id.avro"), Reason.NOT_AVRO);
        add("cut in the record", topic, KEY, Arrays.copyOf(bytes, bytes.length * 2 / 3), Reason.NOT_AVRO);
        add("unknown schema", topic, KEY, file("unknown-schema.avro"), Reason.UNKNOWN_SCHEMA);
    }

    private void undecodable() {
        image("truncated.jpg", Encoding.JPEG, Reason.UNDECODABLE);
        image("header-only.jpg", Encoding.JPEG, Reason.UNDECODABLE);
        image("damaged.png", Encoding.PNG, Reason.UNDECODABLE);
        image("gateway-timeout.png", Encoding.PNG, Reason.UNDECODABLE);
        image("small.png", Encoding.JPEG, Reason.UNDECODABLE); // a PNG that says it is a JPEG
        image("truncated.jpg", Encoding.UNKNOWN, Reason.UNKNOWN_ENCODING);
    }

    private void misshapen() {
        image("bomb.png", Encoding.PNG, Reason.WRONG_SHAPE);
        image("small.png", Encoding.PNG, Reason.WRONG_SHAPE);
        image("colour.png", Encoding.PNG, Reason.WRONG_SHAPE);
        image("short.u8", Encoding.RAW_U8, Reason.WRONG_SHAPE);
        frame("of another shape", sound("shape").setShape(List.of(1, 32, 32)), Reason.WRONG_SHAPE);
        frame("of no shape", sound("no-shape").setShape(List.of()), Reason.WRONG_SHAPE);
    }

    private void misplaced(Frame accepted) {
        frame("without id", sound(""), Reason.BAD_FIELD);
        frame("with a long id", sound("x".repeat(201)), Reason.BAD_FIELD);
        frame("too large", sound("large").setData(ByteBuffer.allocate(1_000_000)), Reason.BAD_FIELD);
        frame("from tomorrow", sound("tomorrow").setCapturedAt(now.plus(Duration.ofDays(1))), Reason.BAD_TIME);
        frame("from the end of time", sound("never").setCapturedAt(Instant.ofEpochMilli(1L << 60)), Reason.BAD_TIME);
        frame("from last year", sound("old").setCapturedAt(now.minus(Duration.ofDays(365))), Reason.BAD_TIME);
        Frame.Builder empty = sound("blob").setData(ByteBuffer.allocate(0));
        frame("with a blob that is not there", empty.setBlobSha256("0".repeat(64)), Reason.BLOB_MISSING);
        frame("with a path as hash", empty.setBlobSha256("../../etc/passwd"), Reason.BAD_FIELD);
        frame("again", Frame.newBuilder(accepted), Reason.DUPLICATE_FRAME);
        Frame.Builder other = Frame.newBuilder(accepted).setData(ByteBuffer.allocate(784));
        frame("of a taken id", other.setEncoding(Encoding.RAW_U8), Reason.CONFLICTING_FRAME);
    }

    private void wrongLabels(LabelEvent joined) {
        label("again", LabelEvent.newBuilder(joined), Reason.DUPLICATE_LABEL);
        label("otherwise", LabelEvent.newBuilder(joined).setLabel("Bag"), Reason.CONFLICTING_LABEL);
        label("of no class", LabelEvent.newBuilder(joined).setLabel("Zeppelin"), Reason.UNKNOWN_CLASS);
        label("without class", LabelEvent.newBuilder(joined).setLabel(null), Reason.UNKNOWN_ACTION);
        LabelEvent.Builder strange = LabelEvent.newBuilder(joined).setAction(LabelAction.UNKNOWN);
        label("of unknown action", strange, Reason.UNKNOWN_ACTION);
        LabelEvent.Builder early = LabelEvent.newBuilder(joined).setLabeledAt(now.plus(Duration.ofDays(1)));
        label("from tomorrow", early, Reason.BAD_TIME);
        label("by nobody", LabelEvent.newBuilder(joined).setAnnotator(""), Reason.BAD_FIELD);
        label("of a frame that never came", LabelEvent.newBuilder(joined).setFrameId("ghost"), Reason.UNKNOWN_FRAME);
    }

    private void image(String file, Encoding encoding, Reason reason) {
        ByteBuffer data = ByteBuffer.wrap(file(file));
        frame(file + " as " + encoding, sound(file).setEncoding(encoding).setData(data), reason);
    }

    private void window(String file, Encoding encoding, Reason reason) {
        ByteBuffer data = ByteBuffer.wrap(file(file));
        Frame.Builder window = sound(file).setEncoding(encoding).setShape(WINDOW);
        frame(file + " as " + encoding, window.setData(data), reason);
    }

    private Frame.Builder sound(String id) {
        return Frame.newBuilder()
                .setFrameId(id)
                .setSourceId("camera-1")
                .setCapturedAt(now)
                .setEncoding(Encoding.RAW_U8)
                .setShape(IMAGE)
                .setData(ByteBuffer.allocate(784));
    }

    private void frame(String name, Frame.Builder frame, Reason reason) {
        add("frame " + name, topics.frames(), KEY, bytes(topics.frames(), frame.build()), reason);
    }

    private void label(String name, LabelEvent.Builder label, Reason reason) {
        byte[] key = label.getFrameId().getBytes(UTF_8);
        add("label " + name, topics.labels(), key, bytes(topics.labels(), label.build()), reason);
    }

    private void add(String name, Topic<?> topic, byte[] key, byte[] value, Reason reason) {
        records.add(new BrokenRecord(name, topic, key, value, reason));
    }
}
