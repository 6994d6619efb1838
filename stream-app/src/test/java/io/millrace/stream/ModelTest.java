package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.LabelAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random interleavings against a model in memory: what comes out is the same, and every offset is accounted for. */
class ModelTest {
    private static final int EVENTS = 1_200;
    private static final List<String> CLASSES = List.of("cat", "dog", "owl");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldDoAsTheModelWhenEventsInterleaveAtRandom(long seed) {
        // Given
        Random random = new Random(seed);
        Model model = new Model();
        try (Bench bench = new Bench()) {
            bench.advance(Bench.LABEL_WAIT);
            model.advance(Bench.LABEL_WAIT);
            // When
            for (int i = 0; i < EVENTS; i++) {
                step(random, bench, model);
            }
            bench.advance(Bench.LABEL_WAIT.plusSeconds(1));
            model.advance(Bench.LABEL_WAIT.plusSeconds(1));
            // Then
            assertThat(labeled(bench)).isEqualTo(model.labeled);
            assertThat(outcomes(bench)).isEqualTo(model.outcomes);
            assertThat(letters(bench.labelLetters.readRecordsToList())).isEqualTo(model.labelLetters);
            assertThat(letters(bench.frameLetters.readRecordsToList())).isEqualTo(model.frameLetters);
            assertThat(bench.accepted.readRecordsToList()).hasSize(model.accepted);
            assertThat(model.accepted + model.frameLetters.size()).isEqualTo(model.frameOffsets);
            int joined = model.labeled.values().stream().mapToInt(List::size).sum();
            assertThat(joined + model.labelLetters.size()).isEqualTo(model.labelOffsets);
            assertThat(joined).as("the random walk joins labels at all").isGreaterThan(EVENTS / 20);
            assertThat(new TreeSet<>(model.labelLetters.values()))
                    .contains(
                            "UNKNOWN_FRAME",
                            "DUPLICATE_LABEL",
                            "CONFLICTING_LABEL",
                            "NOTHING_TO_RETRACT",
                            "FRAME_EXPIRED",
                            "UNKNOWN_CLASS");
        }
    }

    private static void step(Random random, Bench bench, Model model) {
        // Ids are drawn around a moving front, so that frames, labels and predictions meet early, late and too late.
        String id = "f" + (model.front + random.nextInt(16) - 8);
        int choice = random.nextInt(100);
        int c = random.nextInt(CLASSES.size());
        if (choice < 30) {
            int pixel = random.nextInt(10) == 0 ? 9 : 8;
            bench.send(bench.frame(id, "camera", pixel));
            model.frame(id, pixel);
        } else if (choice < 50) {
            bench.assign(id, CLASSES.get(c));
            model.label(id, LabelAction.ASSIGN, c);
        } else if (choice < 60) {
            bench.correct(id, CLASSES.get(c));
            model.label(id, LabelAction.CORRECT, c);
        } else if (choice < 67) {
            bench.retract(id);
            model.label(id, LabelAction.RETRACT, -1);
        } else if (choice < 68) {
            bench.assign(id, "unicorn");
            model.refuseLabel("UNKNOWN_CLASS");
        } else if (choice < 70) {
            model.justExpired().ifPresent(old -> {
                bench.assign(old, CLASSES.get(c));
                model.label(old, LabelAction.ASSIGN, c);
            });
        } else if (choice < 85) {
            String version = "v" + random.nextInt(2);
            bench.predict(id, c, version);
            model.predict(id, c, version);
        } else {
            Duration time = Duration.ofSeconds(1 + random.nextInt(5));
            bench.advance(time);
            model.advance(time);
            model.front += random.nextInt(2);
        }
    }

    private static Map<String, List<String>> labeled(Bench bench) {
        Map<String, List<String>> byFrame = new TreeMap<>();
        bench.labeled
                .readRecordsToList()
                .forEach(record -> byFrame.computeIfAbsent(record.key(), key -> new ArrayList<>())
                        .add(record.value().getAction() + " " + record.value().getClassIndex() + " "
                                + record.value().getRevision()));
        return byFrame;
    }

    private static List<String> outcomes(Bench bench) {
        return bench.outcomes.readValuesToList().stream()
                .map(one -> one.getFrameId() + " " + one.getModelVersion() + " " + one.getPredictedIndex() + "/"
                        + one.getLabelIndex() + " " + one.getRevision())
                .sorted()
                .toList();
    }

    private static Map<Long, String> letters(List<TestRecord<byte[], byte[]>> letters) {
        Map<Long, String> byOffset = new TreeMap<>();
        for (TestRecord<byte[], byte[]> letter : letters) {
            long offset = Long.parseLong(Bench.header(letter, "millrace.offset"));
            assertThat(byOffset.put(offset, Bench.reason(letter)))
                    .as("offset " + offset + " is refused once, key "
                            + new String(letter.key(), StandardCharsets.UTF_8))
                    .isNull();
        }
        return byOffset;
    }

    /** The same pipeline without Kafka: maps, and a clock. */
    private static final class Model {
        final Map<String, List<String>> labeled = new TreeMap<>();
        final List<String> outcomes = new ArrayList<>();
        final Map<Long, String> labelLetters = new TreeMap<>();
        final Map<Long, String> frameLetters = new TreeMap<>();
        int accepted;
        int front = 8;
        long frameOffsets;
        long labelOffsets;

        private long now;
        private final Map<String, Integer> pixels = new HashMap<>();
        private final Map<String, Long> indexedAt = new HashMap<>();
        private final Map<String, Integer> classes = new HashMap<>();
        private final Map<String, Integer> revisions = new HashMap<>();
        private final Map<String, Map<String, Integer>> predictions = new HashMap<>();
        private final List<Waiting> waiting = new ArrayList<>();

        record Waiting(String id, LabelAction action, int c, long offset, long deadline) {}

        void frame(String id, int pixel) {
            long offset = frameOffsets++;
            Integer before = pixels.putIfAbsent(id, pixel);
            if (before != null) {
                frameLetters.put(offset, before == pixel ? "DUPLICATE_FRAME" : "CONFLICTING_FRAME");
                return;
            }
            accepted++;
            indexedAt.put(id, now);
            List<Waiting> met =
                    waiting.stream().filter(one -> one.id().equals(id)).toList();
            waiting.removeAll(met);
            met.forEach(one -> apply(one.id(), one.action(), one.c(), one.offset()));
        }

        void label(String id, LabelAction action, int c) {
            long offset = labelOffsets++;
            if (!indexedAt.containsKey(id)) {
                waiting.add(new Waiting(id, action, c, offset, now + Bench.LABEL_WAIT.toMillis()));
            } else if (now - indexedAt.get(id) > Bench.HORIZON.toMillis()) {
                labelLetters.put(offset, "FRAME_EXPIRED");
            } else {
                apply(id, action, c, offset);
            }
        }

        void refuseLabel(String reason) {
            labelLetters.put(labelOffsets++, reason);
        }

        /** A frame past the horizon that the index still knows. */
        Optional<String> justExpired() {
            long horizon = now - Bench.HORIZON.toMillis();
            return indexedAt.entrySet().stream()
                    .filter(entry ->
                            entry.getValue() < horizon && entry.getValue() > horizon - Bench.LABEL_WAIT.toMillis() + 1)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .findFirst();
        }

        void predict(String id, int c, String version) {
            if (predictions.computeIfAbsent(id, key -> new LinkedHashMap<>()).putIfAbsent(version, c) == null
                    && classes.containsKey(id)) {
                outcomes(id, Set.of(version), classes.get(id));
            }
        }

        void advance(Duration time) {
            now += time.toMillis();
            List<Waiting> due =
                    waiting.stream().filter(one -> one.deadline() <= now).toList();
            waiting.removeAll(due);
            due.forEach(one -> labelLetters.put(one.offset(), "UNKNOWN_FRAME"));
            outcomes.sort(null);
        }

        private void apply(String id, LabelAction action, int c, long offset) {
            Integer current = classes.get(id);
            if (action == LabelAction.RETRACT) {
                if (current == null) {
                    labelLetters.put(offset, "NOTHING_TO_RETRACT");
                } else {
                    classes.remove(id);
                    revise(id, action, current, -1);
                }
            } else if (current == null) {
                classes.put(id, c);
                revise(id, LabelAction.ASSIGN, c, c);
            } else if (current == c) {
                labelLetters.put(offset, "DUPLICATE_LABEL");
            } else if (action == LabelAction.ASSIGN) {
                labelLetters.put(offset, "CONFLICTING_LABEL");
            } else {
                classes.put(id, c);
                revise(id, action, c, c);
            }
        }

        private void revise(String id, LabelAction action, int c, int scored) {
            int revision = revisions.merge(id, 0, (before, zero) -> before + 1);
            labeled.computeIfAbsent(id, key -> new ArrayList<>()).add(action + " " + c + " " + revision);
            outcomes(id, predictions.getOrDefault(id, Map.of()).keySet(), scored);
        }

        private void outcomes(String id, Set<String> versions, int labelIndex) {
            versions.forEach(version -> outcomes.add(id + " " + version + " "
                    + predictions.get(id).get(version) + "/" + labelIndex + " " + revisions.get(id)));
        }
    }
}
