package io.millrace.quickstart.watch;

import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.record.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the score of outcomes. The latest revision of a frame counts: a corrected label turns right into wrong or the
 * other way, a retracted one takes the outcome away. Memory is bounded: a frame that 50,000 others came after keeps its
 * last outcome for good. Not thread-safe.
 */
final class OutcomeBook {
    private static final int REMEMBERED = 50_000;
    private static final int WINDOW = 1_000;

    private final Map<String, Entry> byFrame = new LinkedHashMap<>();
    private final Deque<Entry> window = new ArrayDeque<>();
    private final Tally all = new Tally();
    private final Map<Integer, Tally> perClass = new HashMap<>();
    private final Map<String, Tally> perVersion = new HashMap<>();

    private String untrained = "";

    private static final class Entry {
        private @Nullable Outcome outcome;
    }

    private static final class Tally {
        private long right;
        private long of;

        void add(boolean correct, int sign) {
            right += correct ? sign : 0;
            of += sign;
        }

        Share share() {
            return new Share(right, of);
        }
    }

    /** Counts an outcome, or the revision of one. */
    void add(Outcome outcome) {
        Entry entry = byFrame.computeIfAbsent(outcome.getFrameId(), frame -> open());
        Outcome before = entry.outcome;
        if (before != null && before.getRevision() > outcome.getRevision()) {
            return;
        }
        if (before != null) {
            count(before, -1);
        }
        count(outcome, 1);
        entry.outcome = outcome;
        trim();
    }

    /** Names the version that only sees to it that every frame has an answer; it does not count in the windows. */
    void untrained(String version) {
        untrained = version;
    }

    Accuracy accuracy() {
        Map<Integer, Share> classes = new HashMap<>();
        perClass.forEach((label, tally) -> classes.put(label, tally.share()));
        Map<String, Share> versions = new HashMap<>();
        perVersion.forEach((version, tally) -> versions.put(version, tally.share()));
        return new Accuracy(all.share(), trained(), last(100), last(WINDOW), classes, versions);
    }

    private Share trained() {
        Tally without = perVersion.getOrDefault(untrained, new Tally());
        return new Share(all.right - without.right, all.of - without.of);
    }

    /** Share over the last outcomes of trained versions, by when their frame was first labeled. */
    Share last(int outcomes) {
        long right = 0;
        long of = 0;
        Iterator<Entry> newest = window.descendingIterator();
        while (newest.hasNext() && of < outcomes) {
            Outcome outcome = newest.next().outcome;
            if (outcome != null
                    && outcome.getLabelIndex() >= 0
                    && !outcome.getModelVersion().equals(untrained)) {
                right += outcome.getCorrect() ? 1 : 0;
                of++;
            }
        }
        return new Share(right, of);
    }

    private Entry open() {
        Entry entry = new Entry();
        window.addLast(entry);
        return entry;
    }

    private void count(Outcome outcome, int sign) {
        if (outcome.getLabelIndex() >= 0) {
            boolean correct = outcome.getCorrect();
            all.add(correct, sign);
            perClass.computeIfAbsent(outcome.getLabelIndex(), label -> new Tally())
                    .add(correct, sign);
            perVersion
                    .computeIfAbsent(outcome.getModelVersion(), version -> new Tally())
                    .add(correct, sign);
        }
    }

    private void trim() {
        if (window.size() > WINDOW) {
            window.removeFirst();
        }
        if (byFrame.size() > REMEMBERED) {
            Iterator<String> eldest = byFrame.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }
}
