package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a method remembers of each sample in a replay buffer, by the sample's frame: some numbers each. It holds as many
 * rows as the buffer has slots; the row that was looked at least recently makes room, so a sample that left the buffer is
 * forgotten soon after, and one that is not drawn for long may be as well.
 *
 * <p>Frames are known by a 64-bit hash of their id, because a checkpoint's tensors hold numbers only.
 */
final class SlotTable {
    /** Floats hold whole numbers of 24 bits without loss, so a key is three of them. */
    private static final int DIGIT_BITS = 24;

    private static final int DIGITS = 3;
    private static final float LOAD_FACTOR = 0.75f;

    private final String name;
    private final int width;
    private final int capacity;
    /** By hash, least recently looked at first. */
    private final Map<Long, float[]> rows = new LinkedHashMap<>(16, LOAD_FACTOR, true);

    /**
     * @param name of its tensor
     * @param width numbers in a row
     * @param capacity most rows kept
     */
    SlotTable(String name, int width, int capacity) {
        this.name = name;
        this.width = width;
        this.capacity = capacity;
    }

    /** The row of a frame, to be changed in place, or null. */
    float @Nullable [] find(String frameId) {
        return rows.get(key(frameId));
    }

    /** The row of a frame, to be changed in place; zeros when there was none. */
    float[] findOrMake(String frameId) {
        float[] row = rows.computeIfAbsent(key(frameId), key -> new float[width]);
        if (rows.size() > capacity) {
            rows.remove(rows.keySet().iterator().next());
        }
        return row;
    }

    /** All rows, least recently looked at first. */
    List<float[]> rows() {
        return new ArrayList<>(rows.values());
    }

    /** Rows in order: three digits of the key, then the numbers. */
    Tensor tensor() {
        float[][] table = new float[rows.size()][];
        int next = 0;
        for (Map.Entry<Long, float[]> entry : rows.entrySet()) {
            float[] row = new float[DIGITS + width];
            for (int i = 0; i < DIGITS; i++) {
                row[i] = entry.getKey() >>> i * DIGIT_BITS & (1 << DIGIT_BITS) - 1;
            }
            System.arraycopy(entry.getValue(), 0, row, DIGITS, width);
            table[next++] = row;
        }
        return Tensor.rows(name, DIGITS + width, table);
    }

    void restore(NamedTensors named) {
        float[][] table = named.takeRows(name, DIGITS + width);
        rows.clear();
        for (float[] row : table) {
            long key = 0;
            for (int i = 0; i < DIGITS; i++) {
                key |= (long) row[i] << i * DIGIT_BITS;
            }
            rows.put(key, Arrays.copyOfRange(row, DIGITS, row.length));
        }
    }

    /** FNV-1a, 64 bits. */
    private static long key(String frameId) {
        long hash = 0xcbf29ce484222325L;
        for (byte next : frameId.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (next & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
