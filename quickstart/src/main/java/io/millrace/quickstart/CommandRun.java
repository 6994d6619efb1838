package io.millrace.quickstart;

import io.millrace.quickstart.loop.Background;
import io.millrace.quickstart.loop.Loop;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.Lifecycle;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.SchemaPages;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;

/** What commands have in common once they run: a lifecycle that ends on Ctrl-C, an endpoint, loops. */
final class CommandRun implements AutoCloseable {
    private static final long A_MOMENT = 100;

    private final Lifecycle lifecycle = new Lifecycle();

    CommandRun() {
        lifecycle.endOnSignal();
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    /** Opens the port for metrics, health and schemas. */
    Endpoint endpoint(PipelineSettings pipeline) throws IOException {
        Endpoint endpoint = lifecycle.add(new Endpoint(pipeline.httpHost(), pipeline.httpPort()));
        SchemaPages.serveOn(endpoint, pipeline.topics());
        endpoint.liveWhen("process", () -> lifecycle.failure() == null);
        return endpoint;
    }

    /** Starts a loop that is closed at the end. */
    Background start(Loop loop, String name) {
        return lifecycle.add(Background.start(loop, name, failure -> lifecycle.fail(name, failure)));
    }

    /** Waits until a loop ends, or the process shall. */
    void awaitEndOf(Background loop) throws InterruptedException {
        while (loop.isRunning() && !lifecycle.isStopping()) {
            TimeUnit.MILLISECONDS.sleep(A_MOMENT);
        }
    }

    /** Throws when a part failed, so that the command says why. */
    void throwIfFailed() {
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
