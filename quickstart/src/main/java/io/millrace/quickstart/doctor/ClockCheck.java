package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Skip;
import java.util.List;

/** Brokers tell their time to nobody who does not write, and the doctor writes to no topic of the pipeline. */
record ClockCheck() implements Check {
    @Override
    public String name() {
        return "clock";
    }

    @Override
    public List<Finding> examine() {
        return List.of(new Skip(
                name(),
                "Kafka tells its time only with a write; `timedatectl` says whether a host's clock is synchronised"));
    }
}
