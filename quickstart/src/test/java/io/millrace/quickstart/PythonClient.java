package io.millrace.quickstart;

import io.millrace.quickstart.access.SecureBroker;
import io.millrace.quickstart.access.SecureBroker.Listener;
import io.millrace.schemas.Permissions.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the example in docs/examples/python, each command as a process of its own.
 *
 * @param directory for what it says
 * @param options in front of each command, such as {@code --bootstrap}
 */
record PythonClient(Path directory, List<String> options) {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path CLIENT = Path.of("..", "docs", "examples", "python", "client.py");
    private static final Path IMAGES = Path.of("src", "main", "resources", "fashion-mnist");

    /** What a process said and how it ended. */
    record Result(int exit, String output) {}

    /** With the rights of a principal. It shows a certificate, since the SCRAM of librdkafka before 2.6.1 is refused. */
    static PythonClient of(Path directory, SecureBroker broker, Principal principal, String schemas, String prefix)
            throws Exception {
        Map<String, String> client = broker.withCertificateOf(principal.id());
        List<String> options = new ArrayList<>(
                List.of("--bootstrap", broker.address(Listener.MTLS), "--schemas", schemas, "--prefix", prefix));
        options.addAll(
                List.of("--property", "ssl.ca.location=" + broker.authority().trustPem()));
        for (String key : List.of("security.protocol", "ssl.keystore.location", "ssl.keystore.password")) {
            options.addAll(List.of("--property", key + "=" + client.get(key)));
        }
        return new PythonClient(directory, options);
    }

    /** False where Python or the packages that the example needs are missing. */
    static boolean isInstalled(Path directory) throws IOException, InterruptedException {
        return Files.isExecutable(Path.of(PYTHON))
                && run(directory, List.of(PYTHON, "-c", "import avro.schema, confluent_kafka"))
                                .exit()
                        == 0;
    }

    /** Publishes frames of Fashion-MNIST, and a label for one in so many; none for 0. */
    Result publish(int frames, int labelEvery) throws IOException, InterruptedException {
        String count = Integer.toString(frames);
        String every = Integer.toString(labelEvery);
        return command("publish", "--images", IMAGES.toString(), "--count", count, "--label-every", every);
    }

    /** Reads so many predictions. */
    Result predictions(int count) throws IOException, InterruptedException {
        return command("predictions", "--count", Integer.toString(count));
    }

    private Result command(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(PYTHON, CLIENT.toString()));
        words.addAll(options);
        words.addAll(List.of(command));
        return run(directory, words);
    }

    private static Result run(Path directory, List<String> words) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "python", ".txt");
        Process process = new ProcessBuilder(words)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), Files.readString(output));
    }
}
