package io.millrace.trainer.request;

import io.millrace.runtime.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/**
 * How many labels are asked for.
 *
 * @param budget share of the frames for which a label is asked, 0..1; 0 asks for none
 * @param randomShare share of the requests that is drawn at random, 0..1
 * @param windowFrames after so many frames that may be trained the best of them are asked for
 */
public record RequestSettings(double budget, double randomShare, int windowFrames) {
    /** Key of {@link #budget}. */
    public static final String BUDGET_KEY = "trainer.label.requests.budget";

    private static final String RANDOM_SHARE = "trainer.label.requests.random.share";
    private static final String WINDOW = "trainer.label.requests.window.frames";

    /** Declares the keys in the definition of the trainer. */
    public static void declareIn(ConfigDef declared) {
        share(declared, BUDGET_KEY, 0.0, "Share of the frames for which a label is asked; 0 asks for none.");
        String random = "Share of these requests that is drawn at random; held-out frames get no others.";
        share(declared, RANDOM_SHARE, 0.2, random);
        String window = "After so many frames the best of them are asked for; at most"
                + " trainer.replay.unlabeled.capacity of them are looked at.";
        declared.define(WINDOW, Type.INT, 500, ConfigDef.Range.atLeast(1), Importance.MEDIUM, window);
    }

    /** Reads the keys. */
    public static RequestSettings from(Settings settings) {
        return new RequestSettings(settings.get(BUDGET_KEY), settings.get(RANDOM_SHARE), settings.get(WINDOW));
    }

    private static void share(ConfigDef declared, String key, double usual, String sentence) {
        declared.define(key, Type.DOUBLE, usual, RequestSettings::check, Importance.MEDIUM, sentence);
    }

    private static void check(String key, Object value) {
        double share = (Double) value;
        if (!(share >= 0 && share <= 1)) {
            throw new ConfigException(key, value, "expected 0 to 1");
        }
    }
}
