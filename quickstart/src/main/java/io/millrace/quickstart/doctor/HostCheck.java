package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Cores and memory against what is asked of them. */
record HostCheck(Site site, Host host) implements Check {
    /** A demo takes 1,062 MiB at most, broker included; less than this leaves no room. */
    private static final long ENOUGH_MIB = 1_536;

    /**
     * What the machine has.
     *
     * @param cores that this process may use
     * @param freeMib memory that is available, in MiB; empty where the system does not tell
     */
    record Host(int cores, OptionalLong freeMib) {}

    static Host thisHost() {
        return new Host(Runtime.getRuntime().availableProcessors(), freeMib());
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        if (site.runs(Role.STREAM)) {
            findings.add(threads("stream.threads", site.stream().threads()));
        }
        if (site.runs(Role.TRAINER, Role.PREDICTOR)) {
            findings.add(threads("trainer.threads", site.trainer().learn().threads()));
            findings.add(waiting());
        }
        host.freeMib().ifPresent(free -> findings.add(memory(free)));
        return findings;
    }

    private Finding threads(String key, int threads) {
        String found = key + "=" + threads + " on " + host.cores() + " cores";
        return threads > host.cores()
                ? new Warn("host.threads", found, Remedies.set(key, host.cores()))
                : new Ok("host.threads", found);
    }

    /** Threads of the tensor engine that spin while they wait take the cores from Kafka's. */
    private Finding waiting() {
        String policy = site.environment().getOrDefault("OMP_WAIT_POLICY", "not set");
        String found = "OMP_WAIT_POLICY is " + policy;
        return policy.equalsIgnoreCase("PASSIVE")
                ? new Ok("host.waiting", found)
                : new Warn("host.waiting", found, "export OMP_WAIT_POLICY=PASSIVE");
    }

    private static Finding memory(long free) {
        String found = free + " MiB of memory are available";
        return free < ENOUGH_MIB
                ? new Warn("host.memory", found, "free some, or lower MILLRACE_HEAP and the replay capacities")
                : new Ok("host.memory", found);
    }

    private static OptionalLong freeMib() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty(); // not Linux
        }
    }
}
