package io.millrace.stream.join;

import io.millrace.record.IndexedFrame;
import io.millrace.record.LabeledFrame;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Origin;
import java.util.List;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** A frame arrives at the index: the labels that waited for it are applied in the order of their arrival. */
final class LabelJoinerFrameSide extends ContextualProcessor<String, IndexedFrame, String, Flow<LabeledFrame>> {
    private final LabelJoiner joiner;

    @SuppressWarnings("NullAway.Init") // set by init
    private Remembered<IndexedFrame> index;

    @SuppressWarnings("NullAway.Init") // set by init
    private LabelHistory history;

    @SuppressWarnings("NullAway.Init") // set by init
    private WaitingLabels waiting;

    LabelJoinerFrameSide(LabelJoiner joiner) {
        this.joiner = joiner;
    }

    @Override
    public void init(ProcessorContext<String, Flow<LabeledFrame>> context) {
        super.init(context);
        index = new Remembered<>(context, FrameIndex.STORE);
        history = new LabelHistory(context, joiner.classes());
        waiting = new WaitingLabels(context);
    }

    @Override
    public void process(Record<String, IndexedFrame> record) {
        List<Origin> labels = waiting.take(record.key());
        if (labels.isEmpty()) {
            return;
        }
        Remembered.Entry<IndexedFrame> frame = index.first(record.key()).orElseThrow();
        for (Origin label : labels) {
            Flow<LabeledFrame> applied = history.apply(frame, joiner.read(label));
            context()
                    .forward(record.withValue(applied).withHeaders(label.trace().headers()));
        }
    }
}
