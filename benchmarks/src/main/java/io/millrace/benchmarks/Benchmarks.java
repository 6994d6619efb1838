package io.millrace.benchmarks;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.millrace.benchmarks.learning.ColourBenchmark;
import io.millrace.benchmarks.learning.LearningBenchmark;
import io.millrace.benchmarks.learning.SensorBenchmark;
import io.millrace.runtime.command.CommandFailure;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** The command line {@code millrace bench}; exit codes as those of {@link CommandFailure}. */
@Command(
        name = "millrace bench",
        description = "Measures Millrace on this machine.",
        version = "millrace 0.1.0",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        subcommands = {
            LearningBenchmark.class,
            SensorBenchmark.class,
            ColourBenchmark.class,
            StepBenchmark.class,
            LabelsBenchmark.class,
            RoutingBenchmark.class,
            LatencyBenchmark.class,
            CapacityBenchmark.class,
            HelpCommand.class
        })
public final class Benchmarks {
    private Benchmarks() {}

    /** Runs one benchmark and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        keepQuiet();
        System.exit(commandLine().execute(arguments));
    }

    /** Broker, Kafka Streams and engine warn of what is so on purpose; between figures only errors are worth a line. */
    private static void keepQuiet() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        for (String name : List.of(Logger.ROOT_LOGGER_NAME, "ai.djl", "io.millrace", "kafka", "org.apache.kafka")) {
            context.getLogger(name).setLevel(Level.ERROR);
        }
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        return new CommandLine(new Benchmarks())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(CommandFailure::explain);
    }
}
