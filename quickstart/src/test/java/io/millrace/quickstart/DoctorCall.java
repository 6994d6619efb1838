package io.millrace.quickstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Asks the doctor by the command line.
 *
 * @param bootstrap broker
 * @param directory with the blob store and the state of a pipeline
 */
record DoctorCall(String bootstrap, Path directory) {
    /** What it says of a pipeline, with more settings, {@code key=value}. */
    Diagnosis examine(String prefix, String... more) {
        List<String> arguments = command(prefix, more);
        arguments.add("--json");
        return Diagnosis.of(Commands.run(arguments));
    }

    List<String> command(String prefix, String... more) {
        List<String> arguments = new ArrayList<>(List.of("doctor"));
        Map<String, String> usual = Map.of(
                "kafka.bootstrap.servers",
                bootstrap,
                "pipeline.topic.prefix",
                prefix,
                "pipeline.blob.store",
                "file:" + directory.resolve("blobs"),
                "stream.state.dir",
                directory.resolve("state").toString(),
                "trainer.threads",
                "1");
        usual.forEach((key, value) -> {
            if (List.of(more).stream().noneMatch(given -> given.startsWith(key + "="))) {
                arguments.addAll(List.of("--set", key + "=" + value));
            }
        });
        List.of(more).forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return arguments;
    }
}
