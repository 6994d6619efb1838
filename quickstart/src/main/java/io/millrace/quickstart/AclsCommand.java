package io.millrace.quickstart;

import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.schemas.Permissions;
import io.millrace.stream.StreamSettings;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "acls",
        description = "Prints what each principal of the pipeline may do, as arguments of Kafka's kafka-acls.sh, or"
                + " applies it.")
final class AclsCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--principal-prefix",
            defaultValue = "User:",
            description = "In front of each principal's name, such as User:millrace- (default: ${DEFAULT-VALUE}).")
    String principalPrefix = "User:";

    @Option(names = "--apply", description = "Adds them to the broker; whatever is there stays.")
    boolean apply;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.settings(StreamSettings.declare(), Map.of());
        PipelineSettings pipeline = PipelineSettings.from(settings);
        List<AclBinding> bindings = Permissions.bindings(
                Permissions.of(pipeline.topics(), StreamSettings.from(settings).applicationId()),
                principal -> principalPrefix + principal.id());
        PrintWriter out = spec.commandLine().getOut();
        if (apply) {
            applyTo(pipeline, bindings);
            out.println("applied " + bindings.size() + " ACLs");
        } else {
            bindings.forEach(binding -> out.println(arguments(binding)));
        }
        out.flush();
        return 0;
    }

    private static void applyTo(PipelineSettings pipeline, List<AclBinding> bindings) throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
            admin.createAcls(bindings).all().get();
        } catch (ExecutionException e) {
            throw new KafkaException("the broker does not take the ACLs", e.getCause());
        }
    }

    private static String arguments(AclBinding binding) {
        ResourcePattern on = binding.pattern();
        String resource = on.resourceType() == ResourceType.CLUSTER ? "" : " " + quoted(on.name());
        return "--add --allow-principal " + quoted(binding.entry().principal())
                + " --operation " + camelCase(binding.entry().operation().name())
                + " --" + on.resourceType().name().toLowerCase(Locale.ROOT).replace('_', '-') + resource
                + (on.patternType() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String word : name.split("_", -1)) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}
