package io.millrace.quickstart;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** The command line for tests in other packages. */
public final class ObservedCommand {
    private ObservedCommand() {}

    /** Runs a command and returns its exit code; says on the error stream of this process why it failed. */
    public static int execute(List<String> arguments) {
        StringWriter said = new StringWriter();
        int exit = Millrace.commandLine()
                .setOut(new PrintWriter(said, true))
                .setErr(new PrintWriter(said, true))
                .execute(arguments.toArray(String[]::new));
        if (exit != 0) {
            throw new IllegalStateException(said.toString());
        }
        return exit;
    }
}
