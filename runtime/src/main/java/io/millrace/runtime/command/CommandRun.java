package io.millrace.runtime.command;

import io.millrace.runtime.Endpoint;
import io.millrace.runtime.Lifecycle;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.SchemaPages;
import io.millrace.runtime.loop.Background;
import io.millrace.runtime.loop.Loop;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/** What commands have in common once they run: a lifecycle that ends on Ctrl-C, an endpoint, loops. */
public final class CommandRun implements AutoCloseable {
    private static final long A_MOMENT = 100;

    private final Lifecycle lifecycle = new Lifecycle();

    /** Begins a run that SIGTERM and Ctrl-C end in order. */
    public CommandRun() {
        lifecycle.endOnSignal();
    }

    /** A part that is a process: started with the port that tells of it, told on failure. */
    public interface Part {
        /**
         * Starts the part.
         *
         * @param endpoint where it registers meters and health
         * @param onFailure told when it cannot go on
         * @return what ends it
         */
        AutoCloseable start(Endpoint endpoint, Consumer<Throwable> onFailure) throws IOException;
    }

    /**
     * Runs one part until the process is told to end or the part fails. Says where its metrics are while it starts, and
     * that it is ready once it is.
     */
    public static void serve(String name, PipelineSettings pipeline, PrintWriter out, Part part)
            throws IOException, InterruptedException {
        try (CommandRun process = new CommandRun()) {
            Endpoint endpoint = process.endpoint(pipeline);
            out.println(
                    name + " starting, metrics on http://" + pipeline.httpHost() + ":" + endpoint.port() + "/metrics");
            out.flush();
            process.lifecycle()
                    .add(part.start(endpoint, failure -> process.lifecycle().fail(name, failure)));
            while (!endpoint.isReady() && !process.lifecycle().isStopping()) {
                TimeUnit.MILLISECONDS.sleep(A_MOMENT);
            }
            if (!process.lifecycle().isStopping()) {
                out.println(name + " ready");
                out.flush();
            }
            process.lifecycle().awaitStop();
            process.throwIfFailed();
        }
    }

    /** What is open, and the failure if there is one. */
    public Lifecycle lifecycle() {
        return lifecycle;
    }

    /** Opens the port for metrics, health and schemas. */
    public Endpoint endpoint(PipelineSettings pipeline) throws IOException {
        Endpoint endpoint = lifecycle.add(new Endpoint(pipeline.httpHost(), pipeline.httpPort()));
        SchemaPages.serveOn(endpoint, pipeline.topics());
        endpoint.liveWhen("process", () -> lifecycle.failure() == null);
        return endpoint;
    }

    /** Starts a loop that is closed at the end. */
    public Background start(Loop loop, String name) {
        return lifecycle.add(Background.start(loop, name, failure -> lifecycle.fail(name, failure)));
    }

    /** Waits until a loop ends, or the process shall. */
    public void awaitEndOf(Background loop) throws InterruptedException {
        while (loop.isRunning() && !lifecycle.isStopping()) {
            TimeUnit.MILLISECONDS.sleep(A_MOMENT);
        }
    }

    /** Throws when a part failed, so that the command says why. */
    public void throwIfFailed() {
        Throwable failure = lifecycle.failure();
        if (failure != null) {
            throw new KafkaException("the process had to end", failure);
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
