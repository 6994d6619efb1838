package io.millrace.trainer;

import io.millrace.record.EventKind;
import io.millrace.record.ModelEvent;
import io.millrace.trainer.safety.SafetyDecision;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of drift, collapse and skew: in the log, in meters, and as events of the next commit. */
final class SafetyEvents {
    private static final Logger LOGGER = LoggerFactory.getLogger(SafetyEvents.class);

    private final String model;
    private final TrainerMetrics metrics;
    private final InstantSource clock;
    private final List<ModelEvent> events = new ArrayList<>();

    /** @param model topic prefix of the pipeline, the model's name in events */
    SafetyEvents(String model, TrainerMetrics metrics, InstantSource clock) {
        this.model = model;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Something was noticed, and what follows is done. */
    void tell(SafetyDecision decision, long step) {
        metrics.safety(decision.cause());
        LOGGER.atWarn()
                .addKeyValue("step", step)
                .addKeyValue("reason", decision.cause())
                .log(decision.message());
        events.add(ModelEvent.newBuilder()
                .setModel(model)
                .setKind(EventKind.valueOf(decision.cause().kind().name()))
                .setStep(step)
                .setMessage(decision.message())
                .setNumbers(decision.numbers())
                .setAt(clock.instant())
                .setReason(decision.cause().name())
                .build());
    }

    /** What happened since the last call, for the next commit. */
    List<ModelEvent> take() {
        List<ModelEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }
}
