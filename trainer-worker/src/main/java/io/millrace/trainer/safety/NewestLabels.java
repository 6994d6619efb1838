package io.millrace.trainer.safety;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Which classes the newest labels are of: what the stream is like now, as far as anybody has said. */
final class NewestLabels {
    private final int capacity;
    private final int classes;
    private final Deque<Integer> labels = new ArrayDeque<>();

    NewestLabels(int capacity, int classes) {
        this.capacity = capacity;
        this.classes = classes;
    }

    void add(int label) {
        labels.addLast(label);
        if (labels.size() > capacity) {
            labels.removeFirst();
        }
    }

    int size() {
        return labels.size();
    }

    /** Share of each class, from the newest {@code count} labels and one label more that is spread evenly: none is 0. */
    double[] prior(int count) {
        double[] prior = new double[classes];
        int skipped = Math.max(0, labels.size() - count);
        int taken = 0;
        for (int label : labels) {
            if (skipped-- <= 0) {
                prior[label]++;
                taken++;
            }
        }
        for (int c = 0; c < classes; c++) {
            prior[c] = (prior[c] + 1.0 / classes) / (taken + 1);
        }
        return prior;
    }

    List<Long> state() {
        List<Long> state = new ArrayList<>();
        labels.forEach(label -> state.add((long) label));
        return state;
    }

    void restore(List<Long> state) {
        labels.clear();
        state.forEach(label -> add(Math.toIntExact(label)));
    }
}
