package io.millrace.stream.join;

import io.millrace.record.IndexedFrame;
import io.millrace.record.LabeledFrame;
import io.millrace.schemas.Reason;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Refused;
import io.millrace.stream.flow.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** A label arrives: it is applied to its frame, waits for it, or comes too late. */
final class LabelJoinerLabelSide extends ContextualProcessor<String, Origin, String, Flow<LabeledFrame>> {
    private static final Duration EXPIRY_INTERVAL = Duration.ofSeconds(1);

    private final LabelJoiner joiner;
    private final long waitMs;
    private final long horizonMs;
    private long startedMs;

    @SuppressWarnings("NullAway.Init") // set by init
    private Remembered<IndexedFrame> index;

    @SuppressWarnings("NullAway.Init") // set by init
    private LabelHistory history;

    @SuppressWarnings("NullAway.Init") // set by init
    private WaitingLabels waiting;

    LabelJoinerLabelSide(LabelJoiner joiner, JoinConfig config) {
        this.joiner = joiner;
        this.waitMs = config.labelWait().toMillis();
        this.horizonMs = config.labelHorizon().toMillis();
    }

    @Override
    public void init(ProcessorContext<String, Flow<LabeledFrame>> context) {
        super.init(context);
        index = new Remembered<>(context, FrameIndex.STORE);
        history = new LabelHistory(context, joiner.classes());
        waiting = new WaitingLabels(context);
        startedMs = context.currentSystemTimeMs();
        context.schedule(EXPIRY_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::expire);
    }

    @Override
    public void process(Record<String, Origin> record) {
        long nowMs = context().currentSystemTimeMs();
        Optional<Remembered.Entry<IndexedFrame>> frame = index.first(record.key());
        if (frame.isEmpty()) {
            if (!waiting.add(record.key(), record.value(), nowMs + waitMs)) {
                String detail = WaitingLabels.MAX_PER_FRAME + " labels wait for frame " + record.key() + " already";
                context().forward(record.withValue(new Refused<>(record.value(), Reason.UNKNOWN_FRAME, detail)));
            }
            return;
        }
        long age = nowMs - frame.get().sinceMs();
        context()
                .forward(record.withValue(
                        age > horizonMs
                                ? new Refused<>(
                                        record.value(),
                                        Reason.FRAME_EXPIRED,
                                        "expected a label within " + horizonMs + " ms of frame " + record.key()
                                                + ", got one after " + age + " ms")
                                : history.apply(frame.get(), joiner.read(record.value()))));
    }

    /** After a start, labels wait their full time again: their frames may lie in a backlog that is read only now. */
    private void expire(long nowMs) {
        if (nowMs < startedMs + waitMs) {
            return;
        }
        for (Origin label : waiting.expire(nowMs)) {
            String frameId = new String(label.key() == null ? new byte[0] : label.key(), StandardCharsets.UTF_8);
            String detail = "frame " + frameId + " did not come within " + waitMs + " ms";
            context().forward(new Record<>(frameId, new Refused<>(label, Reason.UNKNOWN_FRAME, detail), nowMs));
        }
    }
}
