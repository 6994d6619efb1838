package io.millrace.stream;

import io.millrace.schemas.TraceContext;
import io.millrace.stream.flow.Check;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Passed;
import io.millrace.stream.flow.Flow.Refused;
import io.millrace.stream.flow.Origin;
import io.millrace.stream.flow.Verdict;
import io.millrace.stream.flow.Verdict.Rejected;
import io.millrace.stream.ingest.RecordReader;
import io.millrace.stream.ingest.RecordReader.Keyed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Ingest and validate: the first step of every topic. Headers end here, because nothing bounds their size; the record
 * with its headers still lies at its origin. Only a trace context goes on.
 */
final class IntakeProcessor<V> extends ContextualProcessor<byte[], byte[], String, Flow<V>> {
    private final RecordReader<V> reader;
    private final Check<V> check;

    IntakeProcessor(RecordReader<V> reader, Check<V> check) {
        this.reader = reader;
        this.check = check;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context()
                .recordMetadata()
                .orElseThrow(() -> new IllegalStateException("expected a record from a topic, got one without"));
        TraceContext trace = TraceContext.of(record.headers());
        Origin origin =
                new Origin(place.topic(), place.partition(), place.offset(), record.key(), record.value(), trace);
        Flow<Keyed<V>> read = reader.read(origin);
        if (read instanceof Passed<Keyed<V>> passed) {
            String key = passed.value().key();
            context().forward(new Record<>(key, judge(origin, passed.value()), record.timestamp(), trace.headers()));
        } else if (read instanceof Refused<Keyed<V>> refused) {
            Flow<V> flow = new Refused<>(origin, refused.reason(), refused.detail());
            context().forward(new Record<>("", flow, record.timestamp()));
        }
    }

    private Flow<V> judge(Origin origin, Keyed<V> read) {
        Verdict verdict = check.check(read.key(), read.value(), context().currentSystemTimeMs());
        return verdict instanceof Rejected rejected
                ? new Refused<>(origin, rejected.reason(), rejected.detail())
                : new Passed<>(origin, read.value());
    }
}
