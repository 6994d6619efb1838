package io.millrace.runtime.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory of the process as the kernel sees it: tensors and stores lie outside the heap. Linux only; NaN elsewhere. */
public final class ProcessMemory implements MeterBinder {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("process.resident.memory.bytes", ProcessMemory::resident)
                .baseUnit("bytes")
                .description("Memory of the process that is in use, heap, tensors and caches together")
                .register(meters);
    }

    private static Double resident() {
        try {
            Matcher line = RESIDENT.matcher(Files.readString(STATUS));
            return line.find() ? Long.parseLong(line.group(1)) * 1024.0 : Double.NaN;
        } catch (IOException e) {
            return Double.NaN; // not Linux
        }
    }
}
