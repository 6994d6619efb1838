package io.millrace.quickstart.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prometheus' own checker, where this machine has it. */
final class Promtool {
    private static final Path TOOL = Path.of("/usr/bin/promtool");
    private static final Path NOTHING = Path.of("/dev/null");

    private Promtool() {}

    /** What a run said, and how it ended. */
    record Result(int exit, String said) {}

    static boolean isHere() {
        return Files.exists(TOOL);
    }

    static Result run(String... arguments) throws IOException, InterruptedException {
        return run(NOTHING, arguments);
    }

    static Result run(Path in, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(TOOL.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(in.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), said);
    }
}
