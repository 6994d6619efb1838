package io.millrace.quickstart;

import io.millrace.quickstart.models.Promotion;
import io.millrace.quickstart.models.VersionTable;
import io.millrace.record.ModelAlias;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "models",
        description = "Lists the versions of the model; promote makes one of them champion, a newer or an older one.",
        subcommands = {ModelsCommand.ListCommand.class, ModelsCommand.PromoteCommand.class})
final class ModelsCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Override
    public Integer call() throws IOException {
        return list(options.pipeline(), spec.commandLine().getOut());
    }

    /** They would be read as those of the list, and the subcommand would go to another broker. */
    private static void refuseOptionsBefore(CommandSpec subcommand) {
        CommandLine models = subcommand.parent().commandLine();
        if (!models.getParseResult().matchedOptions().isEmpty()) {
            throw new ParameterException(
                    subcommand.commandLine(), "options go behind the subcommand: models " + subcommand.name() + " ...");
        }
    }

    private static int list(PipelineSettings pipeline, PrintWriter out) throws IOException {
        try (ModelCatalog catalog = open(pipeline)) {
            catalog.readToEnd();
            if (catalog.versions().isEmpty()) {
                out.println("no version yet: the trainer makes the first one when it starts");
                return ExitCode.OK;
            }
            VersionTable.lines(catalog.versions(), catalog.championName().orElse(null))
                    .forEach(out::println);
        }
        return ExitCode.OK;
    }

    private static ModelCatalog open(PipelineSettings pipeline) throws IOException {
        return new ModelCatalog(pipeline, BlobStore.at(pipeline.blobStore()), InstantSource.system());
    }

    @Command(
            name = "list",
            description = "Every version with its time, step, what was champion when it was made, and its accuracy.")
    static final class ListCommand implements Callable<Integer> {
        @Spec
        CommandSpec spec = CommandSpec.create();

        @Mixin
        SettingsOptions options = new SettingsOptions();

        @Override
        public Integer call() throws IOException {
            refuseOptionsBefore(spec);
            return list(options.pipeline(), spec.commandLine().getOut());
        }
    }

    @Command(
            name = "promote",
            description = {
                "Makes a version champion: one record, and the predictors follow within a second or so.",
                "The trainer learns on from where it is; its next challenger is measured against this version."
            })
    static final class PromoteCommand implements Callable<Integer> {
        @Spec
        CommandSpec spec = CommandSpec.create();

        @Mixin
        SettingsOptions options = new SettingsOptions();

        @Parameters(paramLabel = "VERSION", description = "A version as `millrace models` prints it.")
        String version = "";

        @Option(names = "--reason", required = true, description = "Why, in one sentence; it stands in the record.")
        String reason = "";

        @Override
        public Integer call() throws IOException, InterruptedException {
            refuseOptionsBefore(spec);
            PipelineSettings pipeline = options.pipeline();
            PrintWriter out = spec.commandLine().getOut();
            try (Compute compute = Compute.open("cpu", 1);
                    ModelCatalog catalog = open(pipeline)) {
                ModelAlias moved =
                        new Promotion(pipeline, catalog, compute, InstantSource.system()).promote(version, reason);
                String before = moved.getPrevious() == null ? "there was none" : "it was " + moved.getPrevious();
                out.println("champion is " + moved.getVersion() + ", before " + before);
                catalog.readToEnd();
                catalog.championName()
                        .filter(now -> !now.equals(version))
                        .ifPresent(now -> out.println("but the trainer has promoted " + now + " since"));
                return ExitCode.OK;
            } catch (Promotion.RefusedException e) {
                spec.commandLine().getErr().println(e.getMessage());
                return ExitCode.SOFTWARE;
            }
        }
    }
}
