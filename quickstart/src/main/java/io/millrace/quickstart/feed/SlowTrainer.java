package io.millrace.quickstart.feed;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says so, once, when a feed has waited for the trainer for long: it may wait for ever. */
final class SlowTrainer {
    private static final Logger LOGGER = LoggerFactory.getLogger(SlowTrainer.class);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final InstantSource clock;
    private long published = -1;
    private Instant since;
    private boolean said;

    SlowTrainer(InstantSource clock) {
        this.clock = clock;
        this.since = clock.instant();
    }

    /**
     * Looks whether the feed goes on.
     *
     * @param publishedNow frames published so far
     * @param ahead how far the feed may be ahead, in frames
     * @return true when it stands still for long and this has just been said
     */
    boolean check(long publishedNow, int ahead) {
        if (publishedNow != published) {
            published = publishedNow;
            since = clock.instant();
        }
        if (said || Duration.between(since, clock.instant()).compareTo(LONG) < 0) {
            return false;
        }
        said = true;
        LOGGER.atWarn()
                .addKeyValue("published", publishedNow)
                .addKeyValue("ahead", ahead)
                .log(
                        "The feed waits for the trainer: none commits, or --ahead is less than one takes between two commits"
                                + " (trainer.frames.per.step times trainer.commit.interval.steps, and labels for the first step)");
        return true;
    }
}
