package io.millrace.runtime.loop;

import java.time.Duration;
import java.util.function.Consumer;

/** A {@link Loop} on its own thread. Closing it stops the loop, waits for its end and closes it. */
public final class Background implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Loop loop;
    private final Thread thread;

    private Background(Loop loop, String name, Consumer<Throwable> onFailure) {
        this.loop = loop;
        this.thread = new Thread(() -> carry(onFailure), name);
    }

    /**
     * Starts a loop.
     *
     * @param onFailure told when the loop throws
     */
    public static Background start(Loop loop, String name, Consumer<Throwable> onFailure) {
        Background background = new Background(loop, name, onFailure);
        background.thread.setDaemon(true);
        background.thread.start();
        return background;
    }

    /** True until the loop has ended. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        loop.stop();
        thread.join(PATIENCE.toMillis());
        if (!thread.isAlive()) {
            loop.close();
        }
    }

    private void carry(Consumer<Throwable> onFailure) {
        try {
            loop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }
}
