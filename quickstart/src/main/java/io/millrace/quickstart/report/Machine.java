package io.millrace.quickstart.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a run took place.
 *
 * @param cores processors the JVM may use
 * @param jdk vendor and version
 * @param os name, version and architecture
 */
public record Machine(int cores, String jdk, String os) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    /** This machine. */
    public static Machine here() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vendor") + " " + System.getProperty("java.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
    }

    /** Largest resident set of this process so far, in MiB; null where the system does not tell. */
    public static @Nullable Long peakRssMebibytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(PEAK)) {
                    String kibibytes =
                            line.substring(PEAK.length()).replace("kB", "").trim();
                    return Long.parseLong(kibibytes) / 1024;
                }
            }
        } catch (IOException e) {
            return null; // not Linux
        }
        return null;
    }
}
