package io.millrace.runtime.command;

import io.millrace.runtime.BadSettingsException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a command says when it fails, and its exit code: 0: done; 1: a failure; {@value BadSettingsException#EXIT_CODE}:
 * options or settings that cannot be used, all of them told at once.
 */
public final class CommandFailure {
    private static final Logger LOGGER = LoggerFactory.getLogger(CommandFailure.class);

    private CommandFailure() {}

    /** Runs a command that is a program of its own, and ends the JVM with its exit code. */
    public static void runAndExit(Object command, String[] arguments) {
        ClientGuards.raise();
        System.exit(new CommandLine(command)
                .setExecutionExceptionHandler(CommandFailure::explain)
                .execute(arguments));
    }

    /** Says on the error stream of a command why it failed, and returns its exit code. */
    public static int explain(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof BadSettingsException) {
            err.println(failure.getMessage());
            return BadSettingsException.EXIT_CODE;
        }
        if (failure instanceof ParameterException) {
            err.println(failure.getMessage());
            return ExitCode.USAGE;
        }
        LOGGER.atError().setCause(failure).log("The command failed");
        err.println(command.getCommandSpec().qualifiedName() + " failed: " + failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            err.println("  because: " + cause.getMessage());
        }
        return ExitCode.SOFTWARE;
    }
}
