package io.millrace.quickstart.watch;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prequential score: how often the champion of the moment was right, told by labels that came later.
 *
 * @param all over everything
 * @param trained over everything that a trained version answered; the untrained first version answers until there is one
 * @param last100 over the last 100 outcomes of trained versions
 * @param last1000 over the last 1,000 outcomes of trained versions
 * @param perClass by the true class, from 0
 * @param perVersion by the version that predicted
 */
public record Accuracy(
        Share all,
        Share trained,
        Share last100,
        Share last1000,
        Map<Integer, Share> perClass,
        Map<String, Share> perVersion) {
    public Accuracy {
        perClass = Map.copyOf(perClass);
        perVersion = Collections.unmodifiableMap(new TreeMap<>(perVersion));
    }

    /**
     * So many of so many.
     *
     * @param of how many there were
     */
    public record Share(long right, long of) {
        /** In 0..1; null when there were none. */
        public @Nullable Double value() {
            return of == 0 ? null : (double) right / of;
        }
    }
}
