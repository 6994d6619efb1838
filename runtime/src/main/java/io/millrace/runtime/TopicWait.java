package io.millrace.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits at start-up until a broker answers and the topics of a part are there. Kafka's consumers and producers wait for
 * up to a minute in calls that nothing ends early; once this has returned, their first calls find what they ask for, and
 * until then the part can be told to end.
 */
public final class TopicWait {
    private static final Logger LOGGER = LoggerFactory.getLogger(TopicWait.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int ONE_TRY_MILLIS = 5_000;

    private TopicWait() {}

    /**
     * Waits for topics, for a minute at most.
     *
     * @param kafka settings of Kafka clients
     * @param topics full names
     * @param stop asked all the time; true ends the wait
     * @return true when every topic is there, false when stopped before
     * @throws KafkaException when they are not there after a minute, or the broker refuses to tell
     */
    public static boolean until(Map<String, ?> kafka, Collection<String> topics, BooleanSupplier stop) {
        return until(kafka, topics, stop, PATIENCE);
    }

    static boolean until(Map<String, ?> kafka, Collection<String> topics, BooleanSupplier stop, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        Admin admin = Admin.create(Map.copyOf(kafka));
        try {
            KafkaException missing = attempt(admin, topics, stop, deadline);
            boolean told = false;
            while (missing != null && !stop.getAsBoolean()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new KafkaException("no broker with all of " + topics + " within " + patience, missing);
                }
                if (!told) {
                    LOGGER.atWarn()
                            .addKeyValue("topics", topics)
                            .addKeyValue("cause", missing.getMessage())
                            .log("Waiting for the broker and the topics");
                    told = true;
                }
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
                missing = attempt(admin, topics, stop, deadline);
            }
            return !stop.getAsBoolean();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    /** Why the topics cannot be used yet, or null when they can. */
    private static @Nullable KafkaException attempt(
            Admin admin, Collection<String> topics, BooleanSupplier stop, long deadline) throws InterruptedException {
        var answer = admin.describeTopics(List.copyOf(topics), new DescribeTopicsOptions().timeoutMs(ONE_TRY_MILLIS))
                .allTopicNames();
        while (true) {
            try {
                answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                return null;
            } catch (TimeoutException e) {
                if (stop.getAsBoolean() || System.nanoTime() - deadline > 0) {
                    return new KafkaException("the broker did not answer", e);
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RetriableException retriable) {
                    return retriable;
                }
                throw new KafkaException("the broker does not tell of " + topics, e.getCause());
            }
        }
    }
}
