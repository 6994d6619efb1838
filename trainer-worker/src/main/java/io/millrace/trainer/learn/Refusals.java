package io.millrace.trainer.learn;

import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules behind any method's gate, in turn. A rule that is switched on later begins without memory, and the memory of
 * one that is switched off is dropped, so both can be done to a trainer that resumes.
 */
final class Refusals implements Stateful {
    private final List<Refusal> all;
    private final Optional<Novelty> novelty;

    Refusals(List<Refusal> others, Optional<Novelty> novelty) {
        this.all = new ArrayList<>();
        novelty.ifPresent(all::add);
        this.all.addAll(others);
        this.novelty = novelty;
    }

    /** The rules that the settings name. */
    static Refusals of(GateRules rules, int classes, int features, FreshLabels labels) {
        List<Refusal> others = new ArrayList<>();
        if (rules.sourceQuota() < 1 || rules.sourceWaitFrames() > 0) {
            others.add(new SourceQuota(rules));
        }
        if (rules.classQuota() > 0) {
            others.add(new ClassQuota(rules, classes, labels));
        }
        Optional<Novelty> novelty = rules.noveltyPercentile() > 0
                ? Optional.of(new Novelty(rules.noveltyPercentile(), classes, features))
                : Optional.empty();
        return new Refusals(others, novelty);
    }

    /** The rule that must be shown labeled samples, too. */
    Optional<Novelty> novelty() {
        return novelty;
    }

    void arrived(TrainingBatch batch) {
        all.forEach(rule -> rule.arrived(batch));
    }

    /** What is left of a decision. */
    GateDecision applyTo(Predictions seen, GateDecision decided) {
        GateDecision decision = decided;
        for (Refusal rule : all) {
            decision = decision.barring(rule.refuse(seen, decision));
        }
        for (Refusal rule : all) {
            rule.accepted(seen, decision);
        }
        return decision;
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = new ArrayList<>();
        all.forEach(rule -> state.addAll(Tensor.prefixed(rule.name() + ".", rule.state())));
        return state;
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        for (Refusal rule : all) {
            List<Tensor> ofRule = named.takeAll(rule.name() + ".");
            if (!ofRule.isEmpty()) {
                rule.restore(ofRule);
            }
        }
    }
}
