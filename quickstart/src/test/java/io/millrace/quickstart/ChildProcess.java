package io.millrace.quickstart;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A program of the pipeline in a JVM of its own, so that it can be killed. Closing it leaves nothing running. */
final class ChildProcess implements AutoCloseable {
    /** What a JVM returns that SIGTERM ended in order. */
    static final int ENDED_BY_SIGTERM = 128 + 15;

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a program on the class path of this test.
     *
     * @param directory where its output goes
     * @param main class with the main method
     * @param first entries in front of the class path
     */
    static ChildProcess start(Path directory, String name, Class<?> main, Map<String, String> settings, Path... first)
            throws IOException {
        List<String> classPath = new ArrayList<>();
        List.of(first).forEach(entry -> classPath.add(entry.toString()));
        classPath.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-cp",
                String.join(File.pathSeparator, classPath),
                main.getName()));
        new TreeMap<>(settings).forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new ChildProcess(name, log, builder.start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: nothing is closed, flushed or left. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, and the exit code; kills what does not end in time. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** The exit code of a process that ends by itself. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(name + " did not end: " + lastLines());
        }
        return process.exitValue();
    }

    /** The end of what it printed. */
    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
        } catch (IOException e) {
            return "no output: " + e;
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    @Override
    public String toString() {
        return name + (isAlive() ? " runs" : " ended with " + process.exitValue()) + "\n" + lastLines();
    }
}
