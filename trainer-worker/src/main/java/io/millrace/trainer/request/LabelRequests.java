package io.millrace.trainer.request;

import io.millrace.record.LabelRequest;
import io.millrace.record.RequestReason;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.learn.Outlook;
import io.millrace.trainer.request.RequestSelector.Choice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Asks for labels. Random requests are drawn as frames come in. The others are made when a window of frames is full: the
 * best of the window, so many as the frames seen have earned. Frames are counted, never seconds, so what is asked for is
 * part of what a run repeats.
 *
 * <p>Remembers which frames it has chosen: their labels are no fair sample of the stream, and must not be scored as if
 * they were. Held-out frames are never chosen.
 *
 * <p>Not thread-safe.
 */
public final class LabelRequests {
    /** So many of the labeled samples, the latest, are what is known already. */
    private static final int MAX_KNOWN = 1_000;
    /** So many frames whose label did not come yet are kept apart from. */
    private static final int MAX_OPEN = 200;
    /** So many chosen frames are remembered until their label comes. */
    private static final int MAX_CHOSEN = 10_000;

    private final RequestRates rates;
    private final int windowFrames;
    private final List<Request> made = new ArrayList<>();
    /** Chosen frames without a label yet, by id, oldest first. */
    private final Map<String, Sample> open = new LinkedHashMap<>();

    private final Set<String> chosen = new LinkedHashSet<>();
    private int seen;
    private double earned;
    private String askedBy = "";

    /** @param score what a label is worth, 0..1; of random requests 0 */
    private record Request(Sample frame, RequestReason reason, float score) {}

    /**
     * What later requests depend on.
     *
     * @param seen frames of the window so far
     * @param earned requests that the frames of full windows have earned beyond those made, below 1
     * @param askedBy version that asks, empty before the first
     * @param open chosen frames whose label did not come yet and that others keep apart from, oldest first
     * @param chosen ids of chosen frames whose label did not come yet, oldest first
     */
    public record State(int seen, double earned, String askedBy, List<Sample> open, List<String> chosen) {
        /** Before the first frame. */
        public static final State NONE = new State(0, 0, "", List.of(), List.of());

        public State {
            open = List.copyOf(open);
            chosen = List.copyOf(chosen);
        }
    }

    /** @param holdoutShare share of the frames that is held out, 0..1 */
    public LabelRequests(RequestSettings settings, double holdoutShare) {
        this.rates = RequestRates.of(settings, holdoutShare);
        this.windowFrames = settings.windowFrames();
    }

    /** Counts a frame, and asks for it if it is drawn. */
    public void see(Sample frame, boolean heldOut) {
        if (rates.draws(frame.frameId(), heldOut)) {
            made.add(new Request(frame, RequestReason.RANDOM, 0));
        }
        if (!heldOut && rates.best() > 0) {
            seen++;
        }
    }

    /**
     * Asks for the best frames of the window, if it is full.
     *
     * @param recent where the frames of the window lie, the latest last
     * @param labeled what is known already
     * @param teacher what the teacher makes of samples
     * @param budgetFactor how many times the usual number may be chosen, at most every frame of the window
     */
    public void choose(
            UnlabeledBuffer recent,
            LabeledBuffer labeled,
            Function<List<float[]>, Outlook> teacher,
            double budgetFactor) {
        if (seen < windowFrames) {
            return;
        }
        List<Sample> candidates = recent.latest(seen).stream()
                .filter(sample -> !labeled.contains(sample.frameId()))
                .filter(sample -> !chosen.contains(sample.frameId()))
                .filter(sample -> !rates.draws(sample.frameId(), false))
                .toList();
        earned += seen * Math.min(1, rates.best() * budgetFactor);
        int count = (int) earned;
        earned -= count;
        seen = 0;
        List<Sample> known = labeled.samples();
        known = known.subList(Math.max(0, known.size() - MAX_KNOWN), known.size());
        List<Choice> best = RequestSelector.choose(
                count,
                teacher.apply(values(candidates)),
                known.isEmpty() ? new float[0][] : teacher.apply(values(known)).features(),
                open.isEmpty()
                        ? new float[0][]
                        : teacher.apply(values(open.values())).features());
        for (Choice choice : best) {
            Sample frame = candidates.get(choice.index());
            made.add(new Request(frame, choice.reason(), choice.score()));
            open.put(frame.frameId(), frame);
            chosen.add(frame.frameId());
        }
        forgetOldest(open.keySet(), MAX_OPEN);
        forgetOldest(chosen, MAX_CHOSEN);
    }

    /**
     * Takes note that the first label of a frame came.
     *
     * @return true when the frame was chosen, so that its label says nothing of the stream as a whole
     */
    public boolean answered(String frameId) {
        open.remove(frameId);
        return chosen.remove(frameId);
    }

    /** Says which version requests are made by from now on. */
    public void askedBy(String modelVersion) {
        askedBy = modelVersion;
    }

    /** Requests since the last call. @param now when they are made known */
    public List<LabelRequest> take(Instant now) {
        List<LabelRequest> taken = made.stream()
                .map(request -> new LabelRequest(
                        request.frame().frameId(),
                        request.frame().sourceId(),
                        request.reason(),
                        request.score(),
                        askedBy,
                        now))
                .toList();
        made.clear();
        return taken;
    }

    /** What is to be kept in a checkpoint, after {@link #take}. */
    public State state() {
        return new State(seen, earned, askedBy, List.copyOf(open.values()), List.copyOf(chosen));
    }

    /** Goes on where {@link #state} was taken. */
    public void restore(State state) {
        seen = state.seen();
        earned = state.earned();
        askedBy = state.askedBy();
        open.clear();
        state.open().forEach(sample -> open.put(sample.frameId(), sample));
        chosen.clear();
        chosen.addAll(state.chosen());
    }

    private static List<float[]> values(Collection<Sample> samples) {
        return samples.stream().map(Sample::values).toList();
    }

    private static void forgetOldest(Set<String> ids, int most) {
        while (ids.size() > most) {
            ids.remove(ids.iterator().next());
        }
    }
}
