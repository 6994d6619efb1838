package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/** Puts methods together: the one that is named, then what the settings add to it. */
final class Methods {
    private Methods() {}

    /** The method that the settings name. Each call makes parts of its own, because they remember. */
    static Method of(LearnSettings settings, int classes, FreshLabels labels) {
        ClassPrior prior =
                settings.additions().alignmentPrior() == AlignmentPrior.LABELS ? labels::prior : ClassPrior.USUAL;
        return withAdditions(named(settings, classes, prior), settings, classes, prior);
    }

    private static Method named(LearnSettings settings, int classes, ClassPrior prior) {
        GateSettings gate = settings.gate();
        return switch (settings.method()) {
            case ADAMATCH -> AdaMatch.compose(gate, Predictor.TEACHER, classes, prior);
            case ADAMATCH_STUDENT -> AdaMatch.compose(gate, Predictor.STUDENT, classes, prior);
            case FIXMATCH -> FixMatch.compose(gate, Predictor.TEACHER);
            case FIXMATCH_STUDENT -> FixMatch.compose(gate, Predictor.STUDENT);
            case SOFTMATCH -> SoftMatch.compose(gate, classes, prior);
            case FREEMATCH -> FreeMatch.compose(gate, classes);
            case FLEXMATCH -> FlexMatch.compose(gate, classes);
            case PSEUDO_LABEL -> PseudoLabel.compose(gate);
            case MEAN_TEACHER -> MeanTeacher.compose();
            case PI_MODEL -> PiModel.compose();
            case UDA -> Uda.compose();
            case VAT -> VirtualAdversarial.compose(settings.seed());
            case TEMPORAL_ENSEMBLING -> TemporalEnsembling.compose(settings.unlabeledCapacity(), classes);
            case MIXMATCH -> MixMatch.compose();
            case COMATCH -> CoMatch.compose(settings, classes, prior);
            case SIMMATCH -> SimMatch.compose(settings, classes, prior);
            case SHRINKMATCH -> ShrinkMatch.compose(gate, classes);
            case IOMATCH -> IoMatch.compose(gate, classes, prior);
            case ABC -> BalancedClassifier.compose(settings, classes);
            case SAA -> SampleAdaptive.compose(settings);
            case CO_TRAINING -> CoTraining.compose(gate);
            case SUPERVISED -> SupervisedReplay.compose();
        };
    }

    private static Method withAdditions(Method method, LearnSettings settings, int classes, ClassPrior prior) {
        Additions additions = settings.additions();
        Method full = method;
        if (additions.alignment() != AlignmentUse.NONE) {
            Alignment alignment = new Alignment(settings.gate().halfLifeSteps(), classes, prior);
            full = full.gatedBy(new Alignment.Before(alignment, additions.alignment(), full.gate()));
        }
        if (additions.temporalAgreement()) {
            full = full.gatedBy(new TemporalAgreementGate(full.gate(), settings.unlabeledCapacity()));
        }
        if (additions.labelNoiseWeight() > 0) {
            full = full.plus(new EarlyLearningTerm(additions.labelNoiseWeight(), settings.labeledCapacity(), classes));
        }
        if (additions.entropyWeight() > 0) {
            full = full.plus(new EntropyTerm(additions.entropyWeight()));
        }
        return full;
    }
}
