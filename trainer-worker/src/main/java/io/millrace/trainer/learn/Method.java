package io.millrace.trainer.learn;

import io.millrace.trainer.model.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A method of semi-supervised learning, put together from what methods share. {@link TeacherStudentStep} runs it.
 *
 * @param predictor who labels the unlabeled samples
 * @param weakViews what the predictor looks at
 * @param gate what becomes of its predictions
 * @param studentViews what the student looks at
 * @param consistency how the student's answer is compared with the gate's target
 * @param weight of what unlabeled samples add, times that of the settings
 * @param terms added to the loss
 * @param heads further outputs of the network; terms and gates know them by their place
 * @param perturbation last change to the student's rows
 */
record Method(
        Predictor predictor,
        WeakViews weakViews,
        Gate gate,
        StudentViews studentViews,
        Consistency consistency,
        float weight,
        List<LossTerm> terms,
        List<Head> heads,
        Perturbation perturbation) {

    /** Who labels the unlabeled samples. */
    enum Predictor {
        /** Nobody. */
        NOBODY,
        /** The average of the student's weights. */
        TEACHER,
        /** The student itself, without gradient. */
        STUDENT,
        /** The other of two students. */
        PEER
    }

    /** What the predictor looks at. */
    enum WeakViews {
        UNLABELED,
        UNLABELED_AND_LABELED,
        /** Two weak views of each unlabeled sample, whose probabilities are averaged. */
        UNLABELED_TWICE
    }

    /** How the student's answer is compared with the gate's target. */
    enum Consistency {
        CROSS_ENTROPY,
        /** Not by cross-entropy: a loss term does it. */
        BY_TERM
    }

    Method {
        terms = List.copyOf(terms);
        heads = List.copyOf(heads);
    }

    /** FixMatch's frame: weak views of unlabeled samples in, a strong view of each accepted one to learn from. */
    static Method labeledBy(Predictor predictor, Gate gate) {
        return new Method(
                predictor,
                WeakViews.UNLABELED,
                gate,
                StudentViews.ACCEPTED_STRONG,
                Consistency.CROSS_ENTROPY,
                predictor == Predictor.NOBODY ? 0 : 1,
                List.of(),
                List.of(),
                Perturbation.NONE);
    }

    Method gatedBy(Gate other) {
        return new Method(predictor, weakViews, other, studentViews, consistency, weight, terms, heads, perturbation);
    }

    Method lookingAt(WeakViews views) {
        return new Method(predictor, views, gate, studentViews, consistency, weight, terms, heads, perturbation);
    }

    Method learningFrom(StudentViews views) {
        return new Method(predictor, weakViews, gate, views, consistency, weight, terms, heads, perturbation);
    }

    /** Leaves the cross-entropy with the target out, in favour of a term. */
    Method comparedBy(LossTerm term) {
        return new Method(
                        predictor,
                        weakViews,
                        gate,
                        studentViews,
                        Consistency.BY_TERM,
                        weight,
                        terms,
                        heads,
                        perturbation)
                .plus(term);
    }

    Method weighing(float times) {
        return new Method(predictor, weakViews, gate, studentViews, consistency, times, terms, heads, perturbation);
    }

    Method plus(LossTerm term) {
        List<LossTerm> more = new ArrayList<>(terms);
        more.add(term);
        return new Method(predictor, weakViews, gate, studentViews, consistency, weight, more, heads, perturbation);
    }

    Method withHeads(Head... all) {
        return new Method(
                predictor, weakViews, gate, studentViews, consistency, weight, terms, List.of(all), perturbation);
    }

    Method perturbedBy(Perturbation other) {
        return new Method(predictor, weakViews, gate, studentViews, consistency, weight, terms, heads, other);
    }

    /** The parts that have a state, by the first part of the names of their tensors. */
    Map<String, Stateful> parts() {
        Map<String, Stateful> parts = new TreeMap<>();
        parts.put("gate.", gate);
        terms.forEach(term -> parts.put("term." + term.name() + ".", term));
        if (parts.size() != 1 + terms.size()) {
            throw new IllegalArgumentException("expected terms of different names, got " + parts.keySet());
        }
        return parts;
    }

    /** True when somebody labels unlabeled samples. */
    boolean labels() {
        return predictor != Predictor.NOBODY;
    }
}
