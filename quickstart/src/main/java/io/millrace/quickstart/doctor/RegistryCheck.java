package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.RegistryRefusedException;
import io.millrace.schemas.SchemaIds;
import io.millrace.schemas.Topic;
import io.millrace.schemas.UnknownSchemaException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.RetriableException;

/** Every schema that this build writes has an id: in the registry, or in the lock file where there is none. */
record RegistryCheck(PipelineSettings pipeline, Remedies remedies) implements Check {
    private static final String URL = "pipeline.schema.registry.url";

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public List<Finding> examine() {
        String url = pipeline.registryUrl();
        SchemaIds ids = pipeline.schemaIds();
        String add = url.isEmpty() ? "add it to the lock file as CONTRIBUTING.md says" : remedies.millrace("schemas");
        List<Finding> missing = new ArrayList<>();
        int found = 0;
        for (Topic<?> topic : pipeline.topics().all()) {
            Schema schema = SpecificData.get().getSchema(topic.type());
            try {
                ids.idFor(subject(topic), schema);
                found++;
            } catch (UnknownSchemaException e) {
                missing.add(new Fail(name(), Failures.reason(e), add));
            } catch (RegistryRefusedException e) {
                return List.of(
                        new Fail(name(), Failures.reason(e), "let the registry at " + url + " answer this process"));
            } catch (RetriableException | IllegalArgumentException e) {
                return List.of(new Fail(
                        name(),
                        Failures.reason(e),
                        "start the registry at " + url + ", or go without one: " + Remedies.set(URL, "")));
            }
        }
        String where = url.isEmpty() ? "the lock file, no registry is set" : url;
        missing.add(0, new Ok(name(), found + " schemas have their ids in " + where));
        return found == 0 ? missing.subList(1, missing.size()) : missing;
    }

    private static String subject(Topic<?> topic) {
        return topic.name() + "-value";
    }
}
