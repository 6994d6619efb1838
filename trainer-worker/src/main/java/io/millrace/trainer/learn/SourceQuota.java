package io.millrace.trainer.learn;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A source may have at most a share of what is accepted lately, and a new one waits until so many of its frames were seen.
 *
 * <pre>
 *   refused when  accepted_s + w &gt; max(quota, 2 / active sources) (accepted + w)
 * </pre>
 *
 * <p>A source is active when at least {@value #ACTIVE} of the frames lately are its own, so a handful of frames under
 * many names lowers nobody's share. With two sources or one there is no quota. It is off until {@value #ENOUGH} samples are
 * accepted. What a new source sent while it waited may teach later, when it is replayed.
 *
 * <p>At most {@value #SOURCES} sources are remembered; the one that was looked at least recently is forgotten, and is new
 * when it comes back. Names are told apart by a 64-bit hash, which somebody who may send frames can make collide. A quota
 * slows poisoning down and does not stop it: 0.1 % of the unlabeled samples is enough for some attacks (Carlini 2021). Our
 * own rule.
 */
final class SourceQuota implements Refusal {
    static final int ENOUGH = 200;
    static final int SOURCES = 4096;
    static final double ACTIVE = 0.005;

    private static final float MOST = 1 << 24;
    /** Places of what is remembered of a source: frames ever, frames lately, weight accepted lately. */
    private static final int EVER = 0;

    private static final int LATELY = 1;
    private static final int ACCEPTED = 2;
    private static final int NUMBERS = 3;

    private final GateRules rules;
    private final SlotTable sources = new SlotTable("sources", NUMBERS, SOURCES);
    /** Frames and accepted weight lately, of all sources. */
    private float frames;

    private float total;

    SourceQuota(GateRules rules) {
        this.rules = rules;
    }

    @Override
    public String name() {
        return "source.quota";
    }

    @Override
    public void arrived(TrainingBatch batch) {
        float kept = (float) Math.pow(0.5, batch.fresh() / rules.windowFrames());
        for (float[] source : sources.rows()) {
            source[LATELY] *= kept;
            source[ACCEPTED] *= kept;
        }
        frames = frames * kept + batch.fresh();
        total *= kept;
        for (Sample sample : batch.unlabeled().subList(0, batch.fresh())) {
            float[] source = sources.findOrMake(sample.sourceId());
            source[EVER] = Math.min(source[EVER] + 1, MOST);
            source[LATELY]++;
        }
    }

    /** Most that one source may have of what is accepted. */
    double most() {
        long active = sources.rows().stream()
                .filter(source -> source[LATELY] >= ACTIVE * frames)
                .count();
        return Math.max(rules.sourceQuota(), 2.0 / Math.max(1, active));
    }

    @Override
    public @Nullable GateReason[] refuse(Predictions seen, GateDecision decision) {
        @Nullable GateReason[] refused = new GateReason[seen.size()];
        double most = most();
        float counted = total;
        Map<float[], Float> more = new IdentityHashMap<>();
        for (int i = 0; i < refused.length; i++) {
            float weight = decision.weights()[i];
            float @Nullable [] source =
                    sources.find(seen.batch().unlabeled().get(i).sourceId());
            if (rules.sourceWaitFrames() > 0 && (source == null || source[EVER] <= rules.sourceWaitFrames())) {
                refused[i] = GateReason.NEW_SOURCE;
            } else if (source != null && weight > 0) {
                float own = source[ACCEPTED] + more.getOrDefault(source, 0f) + weight;
                if (counted >= ENOUGH && own > most * (counted + weight)) {
                    refused[i] = GateReason.SOURCE_QUOTA;
                } else {
                    more.merge(source, weight, Float::sum);
                    counted += weight;
                }
            }
        }
        return refused;
    }

    @Override
    public void accepted(Predictions seen, GateDecision decision) {
        for (int i = 0; i < seen.size(); i++) {
            float @Nullable [] source =
                    sources.find(seen.batch().unlabeled().get(i).sourceId());
            total += decision.weights()[i];
            if (source != null) {
                source[ACCEPTED] += decision.weights()[i];
            }
        }
    }

    @Override
    public List<Tensor> state() {
        return List.of(sources.tensor(), Tensor.vector("totals", frames, total));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        sources.restore(named);
        float[] totals = named.take("totals", List.of(2));
        named.expectNoneLeft();
        frames = totals[0];
        total = totals[1];
    }
}
