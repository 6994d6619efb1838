package io.millrace.trainer.model;

import io.millrace.schemas.SampleShape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that determines the blocks of the network. Two networks of equal configs take each other's weights.
 *
 * @param input shape of one sample: {@code [C, H, W]} or {@code [channels, time]}
 * @param classes number of outputs
 * @param architecture how the convolutions follow each other
 * @param width channels after the stem, doubled twice behind it
 * @param groups groups of each normalisation; divides {@code width}
 * @param inputMean subtracted from each input value
 * @param inputDeviation each input value is divided by it
 * @param openSet with a second head of one class more, "none of these": {@link #OPEN_SET}
 */
public record NetworkConfig(
        SampleShape input,
        int classes,
        Architecture architecture,
        int width,
        int groups,
        float inputMean,
        float inputDeviation,
        boolean openSet) {
    /** Name of the head that knows the unknown. */
    public static final String OPEN_SET = "open";

    private static final String OPEN_SET_KEY = "open.set";

    private static final int GROUPS = 8;

    public NetworkConfig {
        if (classes < 2) {
            throw new IllegalArgumentException("expected at least 2 classes, got " + classes);
        }
        if (groups < 1 || width < groups || width % groups != 0) {
            throw new IllegalArgumentException(
                    "expected a width that is a multiple of the groups, got " + width + " and " + groups);
        }
        if (!(Math.abs(inputMean) < 1e6f) || !(inputDeviation > 1e-6f && inputDeviation < 1e6f)) {
            throw new IllegalArgumentException(
                    "expected a finite input mean and a positive deviation, got " + inputMean + ", " + inputDeviation);
        }
    }

    /** The same network with an open-set head, which is published with it. */
    public NetworkConfig withOpenSet() {
        return new NetworkConfig(input, classes, architecture, width, groups, inputMean, inputDeviation, true);
    }

    /** Numbers that the last layer is a function of: four times the width. */
    public int features() {
        return 4 * width;
    }

    /** Heads that are published with the classifier. */
    List<Head> heads() {
        return openSet ? List.of(new Head(OPEN_SET, classes + 1, Head.Kind.LINEAR)) : List.of();
    }

    /** The usual network for samples of this shape: image values 0..1 are centred, sensor values taken as they are. */
    public static NetworkConfig of(SampleShape input, int classes, Architecture architecture, int width) {
        return input.isImage()
                ? new NetworkConfig(input, classes, architecture, width, GROUPS, 0.5f, 0.25f, false)
                : new NetworkConfig(input, classes, architecture, width, GROUPS, 0, 1, false);
    }

    /** What an artifact needs to carry beside shape and classes to build the same network again. */
    public Map<String, String> toMap() {
        Map<String, String> map = new TreeMap<>();
        map.put("architecture", architecture.published());
        map.put("width", Integer.toString(width));
        map.put("groups", Integer.toString(groups));
        map.put("input.mean", Float.toString(inputMean));
        map.put("input.deviation", Float.toString(inputDeviation));
        if (openSet) {
            map.put(OPEN_SET_KEY, "true");
        }
        return map;
    }

    /**
     * The config that {@link #toMap} was called on. Keys of others are ignored.
     *
     * @throws IllegalArgumentException when a key is missing or its value cannot be used
     */
    public static NetworkConfig fromMap(SampleShape input, int classes, Map<String, String> map) {
        return new NetworkConfig(
                input,
                classes,
                Architecture.ofPublished(required(map, "architecture")),
                Integer.parseInt(required(map, "width")),
                Integer.parseInt(required(map, "groups")),
                Float.parseFloat(required(map, "input.mean")),
                Float.parseFloat(required(map, "input.deviation")),
                Boolean.parseBoolean(map.get(OPEN_SET_KEY)));
    }

    private static String required(Map<String, String> map, String key) {
        String value = map.get(key);
        if (value == null) {
            throw new IllegalArgumentException("expected a value for network key " + key + ", got none");
        }
        return value;
    }
}
