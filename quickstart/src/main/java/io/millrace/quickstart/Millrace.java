package io.millrace.quickstart;

import io.millrace.runtime.BadSettingsException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The command line. Exit code 0: done; 1: a failure; {@value BadSettingsException#EXIT_CODE}: options or settings that
 * cannot be used, all of them told at once.
 */
@Command(
        name = "millrace",
        description = "A pipeline that learns from a stream for ever.",
        version = "millrace 0.1.0",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        subcommands = {
            DemoCommand.class,
            BrokerCommand.class,
            TopicsCommand.class,
            StreamCommand.class,
            TrainerCommand.class,
            FeedCommand.class,
            LabelCommand.class,
            WatchCommand.class,
            HelpCommand.class
        })
public final class Millrace {
    private static final Logger LOGGER = LoggerFactory.getLogger(Millrace.class);

    private Millrace() {}

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Millrace())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Millrace::explain);
        commandLine
                .getCommandSpec()
                .usageMessage()
                .footer("Benchmarks have a command line of their own: millrace bench");
        return commandLine;
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
