package io.millrace.trainer.learn;

import java.util.Locale;
import java.util.stream.Stream;

/** The methods, as settings name them. */
public enum MethodName {
    ADAMATCH,
    ADAMATCH_STUDENT,
    FIXMATCH,
    FIXMATCH_STUDENT,
    SOFTMATCH,
    FREEMATCH,
    FLEXMATCH,
    PSEUDO_LABEL,
    MEAN_TEACHER,
    PI_MODEL,
    UDA,
    VAT,
    TEMPORAL_ENSEMBLING,
    MIXMATCH,
    COMATCH,
    SIMMATCH,
    SHRINKMATCH,
    IOMATCH,
    ABC,
    SAA,
    CO_TRAINING,
    SUPERVISED;

    /** The name in settings and records, such as {@code pi-model}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The method of that name. @throws IllegalArgumentException when there is none */
    public static MethodName of(String text) {
        return Stream.of(values())
                .filter(name -> name.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected a method, got " + text));
    }
}
