package io.millrace.quickstart;

import io.millrace.runtime.command.ClientGuards;
import io.millrace.runtime.command.CommandFailure;
import io.millrace.stream.StreamCommand;
import io.millrace.trainer.TrainerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** The command line; {@link CommandFailure} says what its exit codes mean. */
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
            AclsCommand.class,
            SchemasCommand.class,
            StreamCommand.class,
            TrainerCommand.class,
            FeedCommand.class,
            LabelCommand.class,
            WatchCommand.class,
            KeysCommand.class,
            DoctorCommand.class,
            ModelsCommand.class,
            HelpCommand.class
        })
public final class Millrace {
    private Millrace() {}

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        ClientGuards.raise();
        System.exit(commandLine().execute(arguments));
    }

    /** The command line, ready to execute. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Millrace())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(CommandFailure::explain);
        commandLine
                .getCommandSpec()
                .usageMessage()
                .footer("Benchmarks have a command line of their own: millrace bench");
        return commandLine;
    }
}
