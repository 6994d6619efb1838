package io.millrace.stream;

import io.millrace.record.IndexedFrame;
import io.millrace.schemas.SendTime;
import io.millrace.stream.flow.Flow.Passed;
import io.millrace.stream.flow.Origin;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** An accepted frame goes on as the record that came, at the time it was taken (which validation bounded). */
final class AcceptProcessor extends ContextualFixedKeyProcessor<String, Passed<IndexedFrame>, Origin> {
    private final StreamMeters meters;

    AcceptProcessor(StreamMeters meters) {
        this.meters = meters;
    }

    @Override
    public void process(FixedKeyRecord<String, Passed<IndexedFrame>> record) {
        Passed<IndexedFrame> passed = record.value();
        meters.countAccepted(passed.origin().topic());
        Headers headers = passed.origin().trace().headers();
        SendTime.addTo(headers, record.timestamp());
        context()
                .forward(record.withValue(passed.origin())
                        .withHeaders(headers)
                        .withTimestamp(passed.value().getCapturedAt().toEpochMilli()));
    }
}
