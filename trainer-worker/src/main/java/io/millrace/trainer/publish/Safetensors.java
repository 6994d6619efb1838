package io.millrace.trainer.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.trainer.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The safetensors format for float32 tensors: an 8-byte little-endian header length, a JSON header, the values. Nothing
 * in it executes on load, and every other tool that knows the format can read our weights.
 *
 * <p>Reading trusts nothing: the header is bounded, the tensors must lie without gap or overlap and end where the file
 * ends. (Readers that believe the header can be made to allocate gigabytes.)
 */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";
    private static final int LENGTH_BYTES = Long.BYTES;
    private static final int MAX_HEADER_BYTES = 16 << 20;

    private Safetensors() {}

    /**
     * What a file holds.
     *
     * @param tensors in the order of their place in the file
     * @param metadata free text under names
     */
    public record Contents(List<Tensor> tensors, Map<String, String> metadata) {
        public Contents {
            tensors = List.copyOf(tensors);
            metadata = Map.copyOf(metadata);
        }
    }

    /** Encodes tensors and texts; the same contents give the same bytes. */
    public static byte[] encode(Contents contents) {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode metadata = header.putObject(METADATA);
        new TreeMap<>(contents.metadata()).forEach(metadata::put);
        long end = 0;
        for (Tensor tensor : contents.tensors()) {
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", "F32");
            tensor.shape().forEach(entry.putArray("shape")::add);
            long start = end;
            end += (long) tensor.values().length * Float.BYTES;
            entry.putArray("data_offsets").add(start).add(end);
        }
        // The header is padded with blanks so that the values lie on 8-byte boundaries.
        String text = header.toString();
        int bare = text.getBytes(StandardCharsets.UTF_8).length;
        byte[] padded = (text + " ".repeat(Math.floorMod(-bare, LENGTH_BYTES))).getBytes(StandardCharsets.UTF_8);
        if (padded.length > MAX_HEADER_BYTES || end > Integer.MAX_VALUE - padded.length - LENGTH_BYTES) {
            throw new IllegalStateException("expected a header of at most " + MAX_HEADER_BYTES
                    + " and values of at most " + Integer.MAX_VALUE + " bytes, got " + padded.length + " and " + end);
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(LENGTH_BYTES + padded.length + end))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(padded.length).put(padded);
        for (Tensor tensor : contents.tensors()) {
            out.asFloatBuffer().put(tensor.values());
            out.position(out.position() + tensor.values().length * Float.BYTES);
        }
        return out.array();
    }

    /**
     * Decodes a file.
     *
     * @throws IOException when the bytes are not a well-formed file of float32 tensors
     */
    public static Contents decode(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long headerLength = bytes.length < LENGTH_BYTES ? -1 : in.getLong();
        if (!(headerLength >= 2 && headerLength <= MAX_HEADER_BYTES && headerLength <= in.remaining())) {
            throw new IOException("expected a header of 2 to " + MAX_HEADER_BYTES + " bytes within " + bytes.length
                    + " bytes, got " + headerLength);
        }
        JsonNode header = parse(bytes, (int) headerLength);
        ByteBuffer values = in.slice(
                        LENGTH_BYTES + (int) headerLength, in.capacity() - LENGTH_BYTES - (int) headerLength)
                .order(ByteOrder.LITTLE_ENDIAN);
        Map<String, String> metadata = new TreeMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(text ->
                                metadata.put(text.getKey(), text.getValue().asText()));
            } else {
                entries.add(Entry.of(field.getKey(), field.getValue()));
            }
        }
        return new Contents(tensors(entries, values), metadata);
    }

    private static JsonNode parse(byte[] bytes, int headerLength) throws IOException {
        JsonNode header;
        try {
            header = JSON.readTree(bytes, LENGTH_BYTES, headerLength);
        } catch (JsonProcessingException e) {
            throw new IOException("the header is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!header.isObject()) {
            throw new IOException("the header is not a JSON object");
        }
        return header;
    }

    private static List<Tensor> tensors(List<Entry> entries, ByteBuffer values) throws IOException {
        entries.sort(Comparator.comparingLong(Entry::start));
        List<Tensor> tensors = new ArrayList<>();
        long expectedStart = 0;
        for (Entry entry : entries) {
            if (entry.start() != expectedStart || !(entry.end() >= entry.start() && entry.end() <= values.capacity())) {
                throw new IOException(entry.name() + ": expected values from byte " + expectedStart + " to at most "
                        + values.capacity() + ", got " + entry.start() + " to " + entry.end());
            }
            tensors.add(entry.read(values));
            expectedStart = entry.end();
        }
        if (expectedStart != values.capacity()) {
            throw new IOException("expected " + expectedStart + " bytes of values, got " + values.capacity());
        }
        return tensors;
    }

    /** One tensor as the header describes it; offsets in bytes from the end of the header. */
    private record Entry(String name, List<Integer> shape, long start, long end) {
        static Entry of(String name, JsonNode node) throws IOException {
            JsonNode offsets = node.path("data_offsets");
            JsonNode sizes = node.path("shape");
            if (!node.path("dtype").asText().equals("F32") || !sizes.isArray() || offsets.size() != 2) {
                throw new IOException(name + ": expected dtype F32, a shape and two offsets, got " + node);
            }
            List<Integer> shape = new ArrayList<>();
            for (JsonNode size : sizes) {
                if (!size.isInt() || size.asInt() < 0) {
                    throw new IOException(name + ": expected sizes from 0, got " + sizes);
                }
                shape.add(size.asInt());
            }
            return new Entry(
                    name, shape, offsets.get(0).asLong(-1), offsets.get(1).asLong(-1));
        }

        Tensor read(ByteBuffer values) throws IOException {
            long bytes = end - start;
            try {
                float[] floats = new float[(int) (bytes / Float.BYTES)];
                values.slice((int) start, (int) bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(floats);
                return new Tensor(name, shape, floats);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IOException(name + ": " + e.getMessage(), e);
            }
        }
    }
}
