package io.millrace.runtime.meters;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void shouldShowTheNumbersOfTheSuccessorWhenItsPredecessorEnded() {
        Gauges first = new Gauges(meters);
        first.add("trainer.committed.step", "", "Steps.").set(7);
        first.close();
        assertThat(meters.find("trainer.committed.step").gauge()).isNull();

        try (Gauges second = new Gauges(meters)) {
            Gauges.Level level = second.add("trainer.committed.step", "", "Steps.");
            assertThat(meters.get("trainer.committed.step").gauge().value()).isNaN();
            level.set(9);
            assertThat(meters.get("trainer.committed.step").gauge().value()).isEqualTo(9);
        }
    }

    @Test
    void shouldLetThroughOfKafkasOwnOnlyWhatSomebodyLooksAt() {
        meters.config().meterFilter(KafkaMeters.filter());

        meters.gauge("kafka.consumer.fetch.manager.records.lag", Tags.of("topic", "millrace.frames"), 1);
        meters.gauge("kafka.consumer.fetch.manager.records.lag", Tags.of("topic", "millrace_frames"), 1);
        meters.gauge("kafka.consumer.node.request.latency.avg", 1);
        meters.gauge("kafka.stream.thread.process.rate", 1);
        meters.gauge("trainer.loss", 1);

        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getName() + meter.getId().getTags())
                .containsExactlyInAnyOrder(
                        "kafka.consumer.fetch.manager.records.lag[tag(topic=millrace.frames)]",
                        "kafka.stream.thread.process.rate[]",
                        "trainer.loss[]");
    }

    @Test
    void shouldSayHowMuchMemoryTheProcessUses() {
        new ProcessMemory().bindTo(meters);

        double bytes = meters.get("process.resident.memory.bytes").gauge().value();

        assertThat(Double.isNaN(bytes) || bytes > 10 << 20)
                .as("%s bytes", bytes)
                .isTrue();
    }
}
