package io.millrace.trainer.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.record.LabeledFrame;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.ingest.ReceivedLabel;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.request.LabelRequests;
import io.millrace.trainer.safety.SafetyState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A checkpoint as one safetensors file: numbers as tensors, the rest as JSON in its metadata. */
public final class CheckpointCodec {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "millrace-checkpoint-1";
    private static final String LEARNER = "learner/";
    private static final String PROMOTED = "promoted/";
    private static final String CALIBRATION = "calibration";
    private static final String SAFETY = "safety";
    /** Waiting labels are framed as in their topic, so that a checkpoint outlives a change of their schema. */
    private static final String LABELS = "waiting-labels";

    private static final String REQUESTS = "requested";
    private static final String REQUEST_COUNTS = "requests";
    private static final LockedSchemaIds IDS = LockedSchemaIds.load();
    private static final AvroSerializer<LabeledFrame> LABELS_OUT = new AvroSerializer<>(IDS);
    private static final AvroDeserializer<LabeledFrame> LABELS_IN = new AvroDeserializer<>(IDS, LabeledFrame.class);

    private CheckpointCodec() {}

    /** Encodes a checkpoint; the same checkpoint gives the same bytes. */
    public static byte[] encode(Checkpoint checkpoint) {
        ObjectNode meta = JSON.createObjectNode();
        meta.put("step", checkpoint.step());
        meta.put("settingsHash", checkpoint.settingsHash());
        List<Tensor> tensors = new ArrayList<>();
        tensors.addAll(Tensor.prefixed(LEARNER, checkpoint.learner()));
        tensors.addAll(Tensor.prefixed(PROMOTED, checkpoint.safety().promoted()));
        tensors.add(named("scores", checkpoint.scores()));
        tensors.add(named(CALIBRATION, checkpoint.calibration()));
        tensors.add(samples("labeled", checkpoint.labeled(), meta));
        tensors.add(samples("unlabeled", checkpoint.unlabeled(), meta));
        tensors.add(samples("holdout", checkpoint.holdout(), meta));
        ObjectNode positions = meta.putObject("positions");
        Map<String, Long> sorted = new TreeMap<>();
        checkpoint.positions().forEach((partition, offset) -> sorted.put(partition.toString(), offset));
        sorted.forEach(positions::put);
        ObjectNode safety = meta.putObject(SAFETY);
        new TreeMap<>(checkpoint.safety().numbers()).forEach((name, numbers) -> {
            ArrayNode array = safety.putArray(name);
            numbers.forEach(array::add);
        });
        ArrayNode waiting = meta.putArray("waitingLabels");
        for (ReceivedLabel label : checkpoint.waitingLabels()) {
            waiting.addObject()
                    .put("partition", label.partition())
                    .put("offset", label.offset())
                    .put("label", LABELS_OUT.serialize(LABELS, label.label()));
        }
        requests(checkpoint.requests(), tensors, meta);
        return Safetensors.encode(
                new Safetensors.Contents(tensors, Map.of("format", FORMAT, "checkpoint", meta.toString())));
    }

    /**
     * Decodes a checkpoint.
     *
     * @throws IOException when the bytes are not a checkpoint of this format
     */
    public static Checkpoint decode(byte[] bytes) throws IOException {
        Safetensors.Contents contents = Safetensors.decode(bytes);
        if (!FORMAT.equals(contents.metadata().get("format"))) {
            throw new IOException(
                    "expected format " + FORMAT + ", got " + contents.metadata().get("format"));
        }
        JsonNode meta = JSON.readTree(contents.metadata().get("checkpoint"));
        Map<String, Tensor> tensors = new HashMap<>();
        List<Tensor> learner = new ArrayList<>();
        List<Tensor> promoted = new ArrayList<>();
        for (Tensor tensor : contents.tensors()) {
            if (tensor.name().startsWith(LEARNER)) {
                learner.add(named(tensor.name().substring(LEARNER.length()), tensor));
            } else if (tensor.name().startsWith(PROMOTED)) {
                promoted.add(named(tensor.name().substring(PROMOTED.length()), tensor));
            } else {
                tensors.put(tensor.name(), tensor);
            }
        }
        Tensor scores = required(tensors, "scores");
        boolean inSlices = tensors.containsKey(CALIBRATION);
        return new Checkpoint(
                meta.required("step").asLong(),
                learner,
                inSlices ? scores : everySecondRow("scores", scores, 0),
                inSlices ? required(tensors, CALIBRATION) : everySecondRow(CALIBRATION, scores, 1),
                samples(required(tensors, "labeled"), meta.required("labeled")),
                samples(required(tensors, "unlabeled"), meta.required("unlabeled")),
                samples(required(tensors, "holdout"), meta.required("holdout")),
                positions(meta.required("positions")),
                waiting(meta.required("waitingLabels")),
                requests(tensors.get(REQUESTS), meta),
                new SafetyState(numbers(meta.path(SAFETY)), promoted),
                meta.required("settingsHash").asText());
    }

    /** A slice of the scores of a checkpoint from before they were in slices. */
    private static Tensor everySecondRow(String name, Tensor all, int first) {
        int width = all.shape().get(1);
        int rows = (all.shape().get(0) - first + 1) / 2;
        float[] values = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(all.values(), (first + 2 * row) * width, values, row * width, width);
        }
        return new Tensor(name, List.of(rows, width), values);
    }

    private static Tensor named(String name, Tensor tensor) {
        return new Tensor(name, tensor.shape(), tensor.values());
    }

    /** Lists of whole numbers by name; none in a checkpoint from before they were kept. */
    private static Map<String, List<Long>> numbers(JsonNode node) {
        Map<String, List<Long>> numbers = new TreeMap<>();
        node.properties().forEach(entry -> {
            List<Long> list = new ArrayList<>();
            entry.getValue().forEach(number -> list.add(number.asLong()));
            numbers.put(entry.getKey(), list);
        });
        return numbers;
    }

    private static Tensor samples(String name, List<Sample> samples, ObjectNode meta) {
        int width = samples.isEmpty() ? 0 : samples.get(0).values().length;
        float[] values = new float[samples.size() * width];
        ArrayNode rows = meta.putArray(name);
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            System.arraycopy(sample.values(), 0, values, i * width, width);
            rows.addArray().add(sample.frameId()).add(sample.sourceId()).add(sample.label());
        }
        return new Tensor(name, List.of(samples.size(), width), values);
    }

    private static List<Sample> samples(Tensor tensor, JsonNode rows) throws IOException {
        int width = tensor.shape().get(1);
        if (rows.size() != tensor.shape().get(0)) {
            throw new IOException(tensor.name() + ": " + rows.size() + " names for "
                    + tensor.shape().get(0) + " samples");
        }
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            float[] values = Arrays.copyOfRange(tensor.values(), i * width, (i + 1) * width);
            JsonNode row = rows.get(i);
            samples.add(new Sample(
                    row.path(0).asText(),
                    row.path(1).asText(),
                    values,
                    row.path(2).asInt()));
        }
        return samples;
    }

    private static Map<TopicPartition, Long> positions(JsonNode node) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        node.properties().forEach(entry -> {
            int dash = entry.getKey().lastIndexOf('-');
            String topic = entry.getKey().substring(0, dash);
            int partition = Integer.parseInt(entry.getKey().substring(dash + 1));
            positions.put(new TopicPartition(topic, partition), entry.getValue().asLong());
        });
        return positions;
    }

    private static List<ReceivedLabel> waiting(JsonNode nodes) throws IOException {
        List<ReceivedLabel> waiting = new ArrayList<>();
        for (JsonNode node : nodes) {
            LabeledFrame label =
                    LABELS_IN.deserialize(LABELS, node.required("label").binaryValue());
            if (label == null) {
                throw new IOException("a waiting label is missing");
            }
            waiting.add(new ReceivedLabel(
                    label,
                    node.required("partition").asInt(),
                    node.required("offset").asLong()));
        }
        return waiting;
    }

    private static void requests(LabelRequests.State state, List<Tensor> tensors, ObjectNode meta) {
        tensors.add(samples(REQUESTS, state.open(), meta));
        ObjectNode counts = meta.putObject(REQUEST_COUNTS);
        counts.put("seen", state.seen()).put("earned", state.earned()).put("askedBy", state.askedBy());
        ArrayNode chosen = counts.putArray("chosen");
        state.chosen().forEach(chosen::add);
    }

    /** Checkpoints of before there were requests have none. */
    private static LabelRequests.State requests(@Nullable Tensor open, JsonNode meta) throws IOException {
        if (open == null) {
            return LabelRequests.State.NONE;
        }
        JsonNode counts = meta.required(REQUEST_COUNTS);
        List<String> chosen = new ArrayList<>();
        counts.required("chosen").forEach(frameId -> chosen.add(frameId.asText()));
        return new LabelRequests.State(
                counts.required("seen").asInt(),
                counts.required("earned").asDouble(),
                counts.required("askedBy").asText(),
                samples(open, meta.required(REQUESTS)),
                chosen);
    }

    private static Tensor required(Map<String, Tensor> tensors, String name) throws IOException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IOException("tensor " + name + " is missing");
        }
        return tensor;
    }
}
