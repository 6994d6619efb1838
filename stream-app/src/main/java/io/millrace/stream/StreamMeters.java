package io.millrace.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.record.LabelAction;
import io.millrace.record.LabeledFrame;
import io.millrace.record.Outcome;
import io.millrace.schemas.Reason;
import io.millrace.schemas.Topics;
import io.millrace.stream.flow.Flow.Passed;
import java.time.Duration;

/**
 * Counts what becomes of records. Every series exists from the start, at 0, so that the first event shows as a step.
 * A transaction that is aborted and processed again counts twice: the topics are the truth, these are for dashboards.
 *
 * <pre>
 *   stream.records{topic, result}        frames: accepted; labels: joined, corrected, retracted;
 *                                        predictions: accepted; outcomes: correct, wrong, retracted
 *   stream.dead.letters{topic, reason}   every refused record
 *   stream.reappeared.frames             frame ids that came from a second partition
 *   stream.label.delay                   from the capture of a frame to its first label
 * </pre>
 */
final class StreamMeters {
    private static final String ACCEPTED = "accepted";
    private static final String JOINED = "joined";
    private static final String CORRECTED = "corrected";
    private static final String RETRACTED = "retracted";
    private static final String CORRECT = "correct";
    private static final String WRONG = "wrong";

    private static final Duration[] DELAYS = {
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofHours(6),
        Duration.ofDays(1),
        Duration.ofDays(7)
    };

    private final MeterRegistry meters;
    private final Counter reappeared;
    private final Timer labelDelay;

    StreamMeters(MeterRegistry meters, Topics topics) {
        this.meters = meters;
        this.reappeared = Counter.builder("stream.reappeared.frames")
                .baseUnit("frames")
                .description("Frame ids that came from a second partition of frames")
                .register(meters);
        this.labelDelay = Timer.builder("stream.label.delay")
                .description("Time from the capture of a frame to its first label, as the two say")
                .serviceLevelObjectives(DELAYS)
                .register(meters);
        records(topics.frames().name(), ACCEPTED);
        records(topics.predictions().name(), ACCEPTED);
        records(topics.labels().name(), JOINED);
        records(topics.labels().name(), CORRECTED);
        records(topics.labels().name(), RETRACTED);
        records(topics.outcomes().name(), CORRECT);
        records(topics.outcomes().name(), WRONG);
        records(topics.outcomes().name(), RETRACTED);
        for (Reason reason : Reason.values()) {
            deadLetters(topics.frames().name(), reason);
            deadLetters(topics.labels().name(), reason);
            deadLetters(topics.predictions().name(), reason);
        }
    }

    void countAccepted(String topic) {
        records(topic, ACCEPTED).increment();
    }

    void countRefused(String topic, Reason reason) {
        deadLetters(topic, reason).increment();
    }

    void countLabel(Passed<LabeledFrame> label) {
        LabelAction action = label.value().getAction();
        String other = action == LabelAction.CORRECT ? CORRECTED : RETRACTED;
        records(label.origin().topic(), action == LabelAction.ASSIGN ? JOINED : other)
                .increment();
        if (action == LabelAction.ASSIGN) {
            Duration delay = Duration.between(
                    label.value().getCapturedAt(), label.value().getLabeledAt());
            labelDelay.record(delay.isNegative() ? Duration.ZERO : delay); // two clocks may disagree
        }
    }

    void countOutcome(String topic, Outcome outcome) {
        String scored = outcome.getCorrect() ? CORRECT : WRONG;
        records(topic, outcome.getLabelIndex() < 0 ? RETRACTED : scored).increment();
    }

    void countReappeared() {
        reappeared.increment();
    }

    private Counter records(String topic, String result) {
        return Counter.builder("stream.records")
                .baseUnit("records")
                .description("Records by what became of them")
                .tag("topic", topic)
                .tag("result", result)
                .register(meters);
    }

    private Counter deadLetters(String topic, Reason reason) {
        return Counter.builder("stream.dead.letters")
                .baseUnit("letters")
                .description("Refused records by reason")
                .tag("topic", topic)
                .tag("reason", reason.name())
                .register(meters);
    }
}
