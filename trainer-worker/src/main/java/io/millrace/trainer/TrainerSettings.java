package io.millrace.trainer;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.blob.Sha256;
import io.millrace.runtime.signing.SigningKey;
import io.millrace.trainer.ingest.IntakePolicy;
import io.millrace.trainer.learn.LearnSettings;
import io.millrace.trainer.promote.PromotionBounds;
import io.millrace.trainer.request.RequestSettings;
import io.millrace.trainer.safety.SafetySettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * How one trainer takes in, commits, evaluates and predicts; how it learns stands in {@link LearnSettings}.
 *
 * @param learn how it learns
 * @param roles what this process does: train, predict or both
 * @param framesPerStep fresh frames each step takes from the stream
 * @param startLabels labels that must have come before the first step
 * @param commitSteps steps between two commits
 * @param versionSteps steps between two challengers; a multiple is reached at a commit
 * @param holdoutShare share of the frames that is never trained, 0..1
 * @param holdoutCapacity labeled samples kept for evaluation
 * @param requests how many labels are asked for
 * @param bounds what a challenger must reach whatever the champion does
 * @param safety when drift and collapse are noticed, and what follows
 * @param intake when to wait and when to shed
 * @param transactionTimeoutMillis longest time a commit may take, in milliseconds
 * @param signingKey signs what the trainer announces; null leaves it unsigned
 * @param inUse every setting that shapes the learning, for provenance
 */
public record TrainerSettings(
        LearnSettings learn,
        List<String> roles,
        int framesPerStep,
        int startLabels,
        int commitSteps,
        int versionSteps,
        double holdoutShare,
        int holdoutCapacity,
        RequestSettings requests,
        PromotionBounds bounds,
        SafetySettings safety,
        IntakePolicy intake,
        int transactionTimeoutMillis,
        @Nullable SigningKey signingKey,
        Map<String, String> inUse) {
    private static final String ROLES = "trainer.roles";
    private static final String FRAMES_PER_STEP = "trainer.frames.per.step";
    private static final String START_LABELS = "trainer.start.labels";
    private static final String COMMIT_STEPS = "trainer.commit.interval.steps";
    private static final String VERSION_STEPS = "trainer.version.interval.steps";
    private static final String HOLDOUT_SHARE = "trainer.holdout.share";
    private static final String LABELED = LearnSettings.LABELED_CAPACITY_KEY;
    private static final String UNLABELED = LearnSettings.UNLABELED_CAPACITY_KEY;
    private static final String HOLDOUT = "trainer.holdout.capacity";
    private static final String LEAST_ACCURACY = "trainer.promotion.least.accuracy";
    private static final String MOST_CALIBRATION_ERROR = "trainer.promotion.most.calibration.error";
    private static final String MAX_BACKLOG = "trainer.intake.max.backlog.frames";
    private static final String IDLE = "trainer.intake.idle.ms";
    private static final String TRANSACTION_TIMEOUT = "trainer.transaction.timeout.ms";

    /** A file of at most 2 GiB less 256 MiB for student, teacher and optimizer. */
    private static final long MAX_CHECKPOINT_BYTES = (2L << 30) - (256L << 20);

    public TrainerSettings {
        roles = List.copyOf(roles);
        inUse = Map.copyOf(inUse);
    }

    /** Every key of a trainer process. */
    public static ConfigDef declare() {
        ConfigDef declared = PipelineSettings.declareIn(new ConfigDef());
        LearnSettings.declareIn(declared);
        SigningSettings.declareIn(declared);
        RequestSettings.declareIn(declared);
        SafetySettings.declareIn(declared);
        String roles = "What this process does: train, predict, or both.";
        declared.define(
                ROLES, Type.LIST, "train,predict", ConfigDef.ValidList.in("train", "predict"), Importance.HIGH, roles);
        count(declared, FRAMES_PER_STEP, 4, "Fresh frames each step takes from the stream; fewer mean more steps.");
        count(declared, START_LABELS, 20, "Labels that must have come before the first step.");
        count(declared, COMMIT_STEPS, 64, "Steps between two commits of checkpoint, ledger and offsets.");
        count(declared, VERSION_STEPS, 128, "Steps after which the next commit makes a challenger.");
        count(declared, HOLDOUT, 2_000, "Labeled samples that are kept for evaluation; the oldest make room.");
        String backlog = "Frames that may wait; with more, unlabeled frames are shed until half of them are left.";
        count(declared, MAX_BACKLOG, 20_000, backlog);
        String idle = "A partition without frames for so long no longer holds up the others, in milliseconds.";
        count(declared, IDLE, 2_000, idle);
        String timeout = "Longest time a commit may take, in milliseconds.";
        count(declared, TRANSACTION_TIMEOUT, 60_000, timeout);
        String floor = "Least accuracy, 0 to 1, on the holdout that a challenger must have to become champion.";
        declared.define(LEAST_ACCURACY, Type.DOUBLE, 0.0, TrainerSettings::unit, Importance.MEDIUM, floor);
        String error = "Most calibration error, 0 to 1, of a new champion, from 1,000 holdout labels on.";
        declared.define(MOST_CALIBRATION_ERROR, Type.DOUBLE, 0.05, TrainerSettings::unit, Importance.MEDIUM, error);
        String share = "Share of the frames, 0.01 to 0.5, that is never trained and decides promotions.";
        return declared.define(HOLDOUT_SHARE, Type.DOUBLE, 0.1, TrainerSettings::share, Importance.MEDIUM, share);
    }

    /** Reads the settings of a trainer process. */
    public static TrainerSettings from(Settings settings) {
        Map<String, String> shaping = new TreeMap<>(settings.printable());
        shaping.keySet()
                .removeIf(key -> (!key.startsWith("trainer.") || key.startsWith(SigningSettings.PREFIX))
                        && !key.equals("pipeline.classes")
                        && !key.equals("pipeline.frame.shape"));
        refuseOversizedCheckpoints(settings);
        return new TrainerSettings(
                LearnSettings.from(settings),
                settings.get(ROLES),
                settings.get(FRAMES_PER_STEP),
                settings.get(START_LABELS),
                settings.get(COMMIT_STEPS),
                settings.get(VERSION_STEPS),
                settings.get(HOLDOUT_SHARE),
                settings.get(HOLDOUT),
                RequestSettings.from(settings),
                new PromotionBounds(settings.get(LEAST_ACCURACY), settings.get(MOST_CALIBRATION_ERROR)),
                SafetySettings.from(settings),
                new IntakePolicy(settings.<Integer>get(MAX_BACKLOG), settings.<Integer>get(IDLE)),
                settings.get(TRANSACTION_TIMEOUT),
                settings.<List<String>>get(ROLES).contains("train") ? SigningSettings.key(settings) : null,
                shaping);
    }

    /** Samples in the labeled replay buffer. */
    public int labeledCapacity() {
        return learn.labeledCapacity();
    }

    /** Samples in the unlabeled replay buffer. */
    public int unlabeledCapacity() {
        return learn.unlabeledCapacity();
    }

    /** SHA-256 of the settings that shape the learning, 64 hex digits. */
    public String hash() {
        return Sha256.of(new TreeMap<>(inUse).toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Replayed samples go into the checkpoint: better told at the start than when the buffers are full. */
    private static void refuseOversizedCheckpoints(Settings settings) {
        List<Integer> capacities = List.of(settings.get(LABELED), settings.get(UNLABELED), settings.get(HOLDOUT));
        long samples = capacities.stream().mapToLong(Integer::longValue).sum();
        long values = PipelineSettings.from(settings).frameShape().values();
        if (samples > MAX_CHECKPOINT_BYTES / Float.BYTES / values) {
            throw new BadSettingsException(List.of("a checkpoint holds " + samples + " samples of " + values
                    + " values, four bytes each; expected at most " + MAX_CHECKPOINT_BYTES + " bytes: lower " + LABELED
                    + ", " + UNLABELED + " or " + HOLDOUT + ", or send smaller frames"));
        }
    }

    private static void count(ConfigDef declared, String key, int usual, String sentence) {
        declared.define(key, Type.INT, usual, Range.atLeast(1), Importance.MEDIUM, sentence);
    }

    private static void unit(String name, Object value) {
        double number = (Double) value;
        if (!(number >= 0 && number <= 1)) {
            throw new ConfigException(name, value, "expected 0 to 1");
        }
    }

    private static void share(String name, Object value) {
        double share = (Double) value;
        if (!(share >= 0.01 && share <= 0.5)) {
            throw new ConfigException(name, value, "expected 0.01 to 0.5: without a holdout nothing is ever promoted");
        }
    }
}
