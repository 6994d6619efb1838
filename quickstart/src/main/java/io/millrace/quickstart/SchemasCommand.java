package io.millrace.quickstart;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.RegistrySchemaIds;
import io.millrace.schemas.Topic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "schemas",
        description = "Registers the schema of every topic at pipeline.schema.registry.url; what is there stays.")
final class SchemasCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Override
    public Integer call() {
        PipelineSettings pipeline = options.pipeline();
        if (pipeline.registryUrl().isEmpty()) {
            throw new BadSettingsException(List.of("pipeline.schema.registry.url: expected an address, got none"));
        }
        PrintWriter out = spec.commandLine().getOut();
        RegistrySchemaIds registry = new RegistrySchemaIds(pipeline.registryUrl());
        for (Topic<?> topic : pipeline.topics().all()) {
            for (Schema version : versions(topic)) {
                int id = registry.register(topic.name() + "-value", version);
                out.println(topic.name() + "-value " + version.getFullName() + " id " + id);
            }
        }
        out.flush();
        return 0;
    }

    /** Older versions first, and last what this program writes: the same text that it will look up. */
    private static List<Schema> versions(Topic<?> topic) {
        Schema current = SpecificData.get().getSchema(topic.type());
        List<Schema> versions = new ArrayList<>(LockedSchemaIds.load().entries().stream()
                .filter(entry -> entry.recordName().equals(current.getFullName()))
                .map(LockedSchemaIds.Entry::schema)
                .filter(schema -> !schema.equals(current))
                .toList());
        versions.add(current);
        return versions;
    }
}
