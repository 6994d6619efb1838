package io.millrace.trainer.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often the gate's pseudo-labels were right, told by the labels that came later for the same frames. Counts from the
 * start of the process.
 */
public final class PseudoLabelAudit {
    private final int capacity;
    private final Map<String, Integer> pseudoLabels = new LinkedHashMap<>();
    private long accepted;
    private long audited;
    private long right;

    /** @param capacity how many of the latest pseudo-labels are remembered */
    public PseudoLabelAudit(int capacity) {
        this.capacity = capacity;
    }

    /** Remembers that the gate accepted a class for a frame. */
    public void accepted(String frameId, int pseudoLabel) {
        accepted++;
        pseudoLabels.put(frameId, pseudoLabel);
        if (pseudoLabels.size() > capacity) {
            pseudoLabels.remove(pseudoLabels.keySet().iterator().next());
        }
    }

    /** Compares with the label, when the frame had a pseudo-label. */
    public void labeled(String frameId, int label) {
        Integer pseudoLabel = pseudoLabels.remove(frameId);
        if (pseudoLabel != null) {
            audited++;
            right += pseudoLabel == label ? 1 : 0;
        }
    }

    /** How many pseudo-labels the gate accepted. */
    public long accepted() {
        return accepted;
    }

    /** How many pseudo-labels met a label. */
    public long audited() {
        return audited;
    }

    /** How many of them were right. */
    public long right() {
        return right;
    }
}
