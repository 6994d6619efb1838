package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes checks side by side, so that what does not answer costs its time once, and none costs more than it may. */
final class Rounds implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "check");
        thread.setDaemon(true);
        return thread;
    });

    /** What they found, in their order; a check that took longer than {@code limit} is a finding, too. */
    List<Finding> make(Duration limit, List<Check> checks) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        List<Future<List<Finding>>> running = new ArrayList<>();
        checks.forEach(check -> running.add(threads.submit(check::examine)));
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            findings.addAll(result(checks.get(i).name(), running.get(i), end, limit));
        }
        return findings;
    }

    /** Interrupts what still runs, and does not wait for it. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static List<Finding> result(String name, Future<List<Finding>> running, long end, Duration limit)
            throws InterruptedException {
        try {
            return running.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            return List.of(new Fail(
                    name,
                    "no answer within " + limit.toSeconds() + " s",
                    "run it again; if it stays so, what it asks is overloaded or cut off"));
        } catch (ExecutionException e) {
            return List.of(Failures.unexpected(name, e.getCause()));
        }
    }
}
