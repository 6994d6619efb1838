package io.millrace.stream;

import io.millrace.schemas.TraceContext;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Refused;
import io.millrace.stream.route.Router;
import io.millrace.stream.route.Router.Letter;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns refusals into the records of a dead-letter topic, and counts them. Lets what passed fall. */
final class DeadLetterProcessor<V> extends ContextualProcessor<String, Flow<V>, byte[], byte[]> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeadLetterProcessor.class);

    private final StreamMeters meters;

    DeadLetterProcessor(StreamMeters meters) {
        this.meters = meters;
    }

    @Override
    public void process(Record<String, Flow<V>> record) {
        if (record.value() instanceof Refused<V> refused) {
            Letter letter = Router.letterOf(refused);
            meters.countRefused(letter.why().topic(), refused.reason());
            TraceContext trace = refused.origin().trace();
            Headers headers = trace.addTo(new RecordHeaders(letter.why().headers()));
            LOGGER.atDebug()
                    .addKeyValue("reason", refused.reason())
                    .addKeyValue("place", refused.origin().place())
                    .addKeyValue("traceId", trace.traceId())
                    .log("A record was refused");
            context().forward(new Record<>(letter.key(), letter.value(), record.timestamp(), headers));
        }
    }
}
