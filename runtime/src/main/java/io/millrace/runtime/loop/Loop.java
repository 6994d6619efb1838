package io.millrace.runtime.loop;

/** Work that ends by itself or when it is told to stop. Run once, by one thread. */
public interface Loop extends AutoCloseable {
    /** Works until done or stopped. */
    void run() throws InterruptedException;

    /** Asks the work to end soon; from any thread. */
    void stop();

    /** Frees what the work held; after {@link #run} has returned. */
    @Override
    void close();
}
