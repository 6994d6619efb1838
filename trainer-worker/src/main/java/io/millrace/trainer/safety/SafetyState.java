package io.millrace.trainer.safety;

import io.millrace.trainer.model.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the {@link Watchdog} remembers, as it goes into a checkpoint.
 *
 * @param numbers whole numbers by name; empty in a checkpoint from before there was a watchdog
 * @param promoted state of the learner when it was promoted last; empty likewise
 */
public record SafetyState(Map<String, List<Long>> numbers, List<Tensor> promoted) {
    /** Nothing remembered. */
    public static final SafetyState NONE = new SafetyState(Map.of(), List.of());

    public SafetyState {
        numbers = Map.copyOf(numbers);
        promoted = List.copyOf(promoted);
    }

    /** The same with further numbers. */
    SafetyState with(String name, List<Long> added) {
        Map<String, List<Long>> all = new TreeMap<>(numbers);
        all.put(name, added);
        return new SafetyState(all, promoted);
    }

    /** Numbers that a checkpoint of before may lack. */
    List<Long> optional(String name) {
        return numbers.getOrDefault(name, List.of());
    }

    List<Long> required(String name) {
        List<Long> found = numbers.get(name);
        if (found == null) {
            throw new IllegalArgumentException("expected numbers " + name + ", got " + numbers.keySet());
        }
        return found;
    }
}
