package io.millrace.trainer.learn;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For video: what another gate accepts counts only if one of the two frames of its source just before was predicted to
 * be of the same class, so two of three agree. Frames come in event time. A frame that is replayed later counts as
 * long as it is predicted to be of the class that agreed when it was fresh.
 *
 * <p>The rule is our own. A source's first frame, and a frame that is no longer remembered, have nothing to agree with.
 */
final class TemporalAgreementGate implements Gate {
    private static final String INNER = "inner.";
    private static final int SOURCES = 4096;
    /** Numbers of a source: classes of its last frame and of the one before, each plus 1; 0 for none. */
    private static final int BEFORE = 2;

    private final Gate gate;
    private final SlotTable sources;
    /** Class plus 1 that a fresh frame agreed on; 0 for none. */
    private final SlotTable frames;

    TemporalAgreementGate(Gate gate, int slots) {
        this.gate = gate;
        this.sources = new SlotTable("sources", BEFORE, SOURCES);
        this.frames = new SlotTable("frames", 1, slots);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        @Nullable GateReason[] refused = new GateReason[seen.size()];
        for (int i = 0; i < seen.size(); i++) {
            Sample sample = seen.batch().unlabeled().get(i);
            float label = Probabilities.argMax(seen.unlabeled()[i]) + 1;
            boolean agrees =
                    i < seen.batch().fresh() ? agreesWithSource(sample, label) : agreesWithItself(sample, label);
            refused[i] = agrees ? null : GateReason.NO_AGREEMENT;
        }
        return gate.decide(seen).refusing(refused);
    }

    private boolean agreesWithSource(Sample sample, float label) {
        float[] before = sources.findOrMake(sample.sourceId());
        boolean agrees = before[0] == label || before[1] == label;
        before[1] = before[0];
        before[0] = label;
        frames.findOrMake(sample.frameId())[0] = agrees ? label : 0;
        return agrees;
    }

    private boolean agreesWithItself(Sample sample, float label) {
        float[] agreed = frames.find(sample.frameId());
        return agreed != null && agreed[0] == label;
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = Tensor.prefixed(INNER, gate.state());
        state.add(sources.tensor());
        state.add(frames.tensor());
        return state;
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        sources.restore(named);
        frames.restore(named);
        gate.restore(named.takeAll(INNER));
        named.expectNoneLeft();
    }
}
