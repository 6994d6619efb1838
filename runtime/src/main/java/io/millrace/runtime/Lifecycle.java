package io.millrace.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and ends a process in order: parts close in the reverse order of their opening, once, whether the process ends
 * by itself, by SIGTERM or because a part failed.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Lifecycle.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Throwable failure;

    /** Remembers a part to be closed at the end, and returns it. */
    public synchronized <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /** Makes SIGTERM and Ctrl-C end the process in order: the JVM waits until everything is closed. */
    public void endOnSignal() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop();
                            try {
                                ended.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "shutdown"));
    }

    /** Asks the process to end. */
    public void stop() {
        asked.countDown();
    }

    /** Asks the process to end because a part cannot go on. */
    public synchronized void fail(String part, Throwable cause) {
        LOGGER.atError().setCause(cause).addKeyValue("part", part).log("A part failed, the process ends");
        if (failure == null) {
            failure = cause;
        }
        stop();
    }

    /** True once an end was asked for. */
    public boolean isStopping() {
        return asked.getCount() == 0;
    }

    /** What failed, if anything. */
    public synchronized @Nullable Throwable failure() {
        return failure;
    }

    /** Waits until an end is asked for. */
    public void awaitStop() throws InterruptedException {
        asked.await();
    }

    /** Closes every part, last opened first. A part that fails to close does not keep the others open. */
    @Override
    public void close() {
        stop();
        for (AutoCloseable part = next(); part != null; part = next()) {
            try {
                part.close();
            } catch (Exception e) {
                fail("closing " + part.getClass().getSimpleName(), e);
            }
        }
        ended.countDown();
    }

    private synchronized @Nullable AutoCloseable next() {
        return parts.poll();
    }
}
