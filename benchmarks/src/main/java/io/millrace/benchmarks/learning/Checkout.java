package io.millrace.benchmarks.learning;

import io.millrace.quickstart.report.Machine;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Which code runs, and on what: told by git and by the system, {@code unknown} where they do not tell. */
final class Checkout {
    private static final String UNKNOWN = "unknown";

    private Checkout() {}

    /** The commit that this code was built from; {@code -dirty} behind it when files were changed since. */
    static String commit() {
        try {
            Path classes = Path.of(Checkout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path directory = Files.isDirectory(classes)
                    ? classes
                    : classes.toAbsolutePath().getParent();
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
                    .directory(directory == null ? null : directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? said : UNKNOWN;
        } catch (IOException | URISyntaxException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }

    /** Processor, cores, Java and system. */
    static String machine() {
        Machine machine = Machine.here();
        return processor() + ", " + machine.cores() + " cores, JDK " + machine.jdk() + ", " + machine.os();
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN; // not Linux
        }
    }
}
