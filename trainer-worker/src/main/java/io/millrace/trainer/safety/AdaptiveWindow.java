package io.millrace.trainer.safety;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * ADWIN2 (Bifet and Gavaldà 2007, "Learning from Time-Changing Data with Adaptive Windowing", section 4) for yes-or-no
 * observations: a window of the latest ones that is cut wherever its older and its newer part have different means.
 *
 * <p>The n observations lie in buckets of 1, 2, 4, ... of them, at most {@value #BUCKETS} of a size, so that n takes
 * O(log n) of memory and a check O(log n) of time. The window is cut between an older part of n0 observations with mean
 * m0 and a newer one of n1 with mean m1 when
 *
 * <pre>
 *   |m0 - m1| &gt; sqrt(2/h v ln(2/d)) + 2/(3h) ln(2/d),    1/h = 1/n0 + 1/n1,    d = delta / ln n
 * </pre>
 *
 * with v = m (1 - m) the variance of the whole window (section 3.2, the bound that takes the variance into account).
 *
 * <p>Deviations: at the split that is furthest above its bound the whole older part goes, not bucket after bucket until the
 * bound holds, so that one change is told once and what is left is from after it; only a mean that rises is told of, since a learner is meant to make fewer mistakes; a falling one is cut
 * in silence. Both parts must have a least size. The window never holds more than {@value #MOST} observations.
 *
 * <p>Not thread-safe. All state is whole numbers, so that it is restored exactly.
 */
public final class AdaptiveWindow {
    private static final int BUCKETS = 5;
    private static final int MOST = 1 << 22;

    private final double delta;
    private final int least;
    private final int every;
    /** Row i holds the counts of ones of buckets of 2^i observations, newest first. */
    private final List<Deque<Integer>> rows = new ArrayList<>();

    private long size;
    private long ones;
    private long sinceCheck;

    /**
     * A mean that has risen.
     *
     * @param before mean of what was cut away, 0..1
     * @param beforeCount how many observations that were
     * @param now mean of what is left, 0..1
     * @param nowCount how many observations that are
     */
    public record Rise(double before, long beforeCount, double now, long nowCount) {}

    /**
     * @param delta probability of a false alarm at a check, above 0
     * @param least observations that each part must have, at least 1
     * @param every checks after so many observations, at least 1
     */
    public AdaptiveWindow(double delta, int least, int every) {
        if (!(delta > 0 && delta < 1) || least < 1 || every < 1) {
            throw new IllegalArgumentException(
                    "expected a delta between 0 and 1 and positive counts, got " + delta + ", " + least + ", " + every);
        }
        this.delta = delta;
        this.least = least;
        this.every = every;
    }

    /** Takes in an observation; tells when the mean has risen. */
    public Optional<Rise> add(boolean one) {
        insert(0, one ? 1 : 0);
        size++;
        ones += one ? 1 : 0;
        if (size > MOST) {
            dropOldest();
        }
        sinceCheck++;
        if (sinceCheck < every) {
            return Optional.empty();
        }
        sinceCheck = 0;
        return check();
    }

    private Optional<Rise> check() {
        long sizeBefore = size;
        long onesBefore = ones;
        for (long older = olderPart(); older > 0; older = olderPart()) {
            long left = size - older;
            while (size > left) {
                dropOldest();
            }
        }
        long cut = sizeBefore - size;
        double before = cut == 0 ? 0 : (onesBefore - ones) / (double) cut;
        return cut > 0 && mean() > before ? Optional.of(new Rise(before, cut, mean(), size)) : Optional.empty();
    }

    /** Size of the older part at the split that is furthest above its bound; 0 when none is above. */
    private long olderPart() {
        long furthest = 0;
        double excess = 0;
        long older = 0;
        long onesOfOlder = 0;
        for (int row = rows.size() - 1; row >= 0; row--) {
            for (Iterator<Integer> oldestFirst = rows.get(row).descendingIterator(); oldestFirst.hasNext(); ) {
                older += 1L << row;
                onesOfOlder += oldestFirst.next();
                long newer = size - older;
                if (older < least || newer < least) {
                    continue;
                }
                double difference = onesOfOlder / (double) older - (ones - onesOfOlder) / (double) newer;
                double above = Math.abs(difference) - bound(older, newer);
                if (above > excess) {
                    excess = above;
                    furthest = older;
                }
            }
        }
        return furthest;
    }

    /** How far apart the means of an older and a newer part of the window may be. */
    double bound(long older, long newer) {
        double inverse = 1.0 / older + 1.0 / newer;
        double doubt = Math.log(2 * Math.log(size) / delta);
        double variance = mean() * (1 - mean());
        return Math.sqrt(2 * inverse * variance * doubt) + 2.0 / 3 * inverse * doubt;
    }

    private void insert(int row, int count) {
        if (row == rows.size()) {
            rows.add(new ArrayDeque<>());
        }
        Deque<Integer> buckets = rows.get(row);
        buckets.addFirst(count);
        if (buckets.size() > BUCKETS) {
            insert(row + 1, buckets.removeLast() + buckets.removeLast());
        }
    }

    private void dropOldest() {
        int last = rows.size() - 1;
        ones -= rows.get(last).removeLast();
        size -= 1L << last;
        if (rows.get(last).isEmpty()) {
            rows.remove(last);
        }
    }

    /** How many observations the window holds. */
    public long size() {
        return size;
    }

    /** Share of ones in the window, 0 when it is empty. */
    public double mean() {
        return size == 0 ? 0 : ones / (double) size;
    }

    /** Forgets everything. */
    public void clear() {
        rows.clear();
        size = 0;
        ones = 0;
        sinceCheck = 0;
    }

    /** Everything that later answers depend on: observations since the last check, then each row, length first. */
    public List<Long> state() {
        List<Long> state = new ArrayList<>();
        state.add(sinceCheck);
        for (Deque<Integer> row : rows) {
            state.add((long) row.size());
            row.forEach(count -> state.add((long) count));
        }
        return state;
    }

    /** Takes up what {@link #state} gave. */
    public void restore(List<Long> state) {
        clear();
        Iterator<Long> numbers = state.iterator();
        sinceCheck = numbers.next();
        while (numbers.hasNext()) {
            Deque<Integer> row = new ArrayDeque<>();
            for (long left = numbers.next(); left > 0; left--) {
                int count = Math.toIntExact(numbers.next());
                row.addLast(count);
                ones += count;
                size += 1L << rows.size();
            }
            rows.add(row);
        }
    }
}
