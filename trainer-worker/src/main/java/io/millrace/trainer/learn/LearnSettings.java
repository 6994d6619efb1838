package io.millrace.trainer.learn;

import io.millrace.runtime.Settings;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.ImageStrength;
import io.millrace.trainer.augment.SensorStrength;
import io.millrace.trainer.model.Architecture;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.OptimizerConfig;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Everything that determines how the student learns.
 *
 * @param method which method
 * @param seed root of all randomness
 * @param device {@code auto}, {@code cpu} or {@code cuda}
 * @param threads cores one tensor operation may use; 0 takes all
 * @param batchLabeled labeled samples in a step
 * @param batchUnlabeled unlabeled samples in a step
 * @param architecture how the network's convolutions follow each other
 * @param networkWidth channels after the network's stem
 * @param optimizer optimizer, learning rate, clip
 * @param teacherHalfLifeSteps half-life of the teacher average
 * @param pseudoLabels when and how much pseudo-labels count
 * @param gate what the gate asks for
 * @param additions what is added to the method
 * @param labeledCapacity samples in the labeled replay buffer, of which methods may remember something
 * @param unlabeledCapacity the same of the unlabeled replay buffer
 * @param labeledStrongShare share of the labeled samples that the student sees in a strong view
 * @param labeledMixupAlpha mixup of the labeled batch; 0 for none
 * @param unlabeledMixupAlpha mixup of the accepted unlabeled samples; 0 for none
 * @param images strength of image views
 * @param sensors strength of sensor views
 */
public record LearnSettings(
        MethodName method,
        long seed,
        String device,
        int threads,
        int batchLabeled,
        int batchUnlabeled,
        Architecture architecture,
        int networkWidth,
        OptimizerConfig optimizer,
        double teacherHalfLifeSteps,
        PseudoLabelSchedule pseudoLabels,
        GateSettings gate,
        Additions additions,
        int labeledCapacity,
        int unlabeledCapacity,
        double labeledStrongShare,
        double labeledMixupAlpha,
        double unlabeledMixupAlpha,
        ImageStrength images,
        SensorStrength sensors) {

    /** Key of {@link #labeledCapacity}. */
    public static final String LABELED_CAPACITY_KEY = LearnKeys.LABELED_CAPACITY;

    /** Key of {@link #unlabeledCapacity}. */
    public static final String UNLABELED_CAPACITY_KEY = LearnKeys.UNLABELED_CAPACITY;

    /** Declares the keys of the learner in the definition of its process. */
    public static ConfigDef declareIn(ConfigDef declared) {
        return LearnKeys.declareIn(declared);
    }

    /** Reads the keys. */
    public static LearnSettings from(Settings settings) {
        return new LearnSettings(
                MethodName.of(settings.get(LearnKeys.METHOD)),
                settings.get(LearnKeys.SEED),
                settings.get(LearnKeys.DEVICE),
                settings.get(LearnKeys.THREADS),
                settings.get(LearnKeys.BATCH_LABELED),
                settings.get(LearnKeys.BATCH_UNLABELED),
                Architecture.ofSetting(settings.get(LearnKeys.ARCHITECTURE)),
                settings.get(LearnKeys.NETWORK_WIDTH),
                optimizer(settings),
                number(settings, LearnKeys.TEACHER_HALF_LIFE),
                new PseudoLabelSchedule(
                        settings.get(LearnKeys.WARM_START),
                        settings.get(LearnKeys.RAMP),
                        single(settings, LearnKeys.UNLABELED_WEIGHT)),
                gate(settings),
                additions(settings),
                settings.get(LearnKeys.LABELED_CAPACITY),
                settings.get(LearnKeys.UNLABELED_CAPACITY),
                number(settings, LearnKeys.LABELED_STRONG),
                number(settings, LearnKeys.LABELED_MIXUP),
                number(settings, LearnKeys.UNLABELED_MIXUP),
                images(settings),
                sensors(settings));
    }

    /** The same with another root of randomness. */
    LearnSettings withSeed(long other) {
        return new LearnSettings(
                method,
                other,
                device,
                threads,
                batchLabeled,
                batchUnlabeled,
                architecture,
                networkWidth,
                optimizer,
                teacherHalfLifeSteps,
                pseudoLabels,
                gate,
                additions,
                labeledCapacity,
                unlabeledCapacity,
                labeledStrongShare,
                labeledMixupAlpha,
                unlabeledMixupAlpha,
                images,
                sensors);
    }

    /** The network for samples of this shape. */
    public NetworkConfig network(SampleShape input, int classes) {
        NetworkConfig config = NetworkConfig.of(input, classes, architecture, networkWidth);
        return method == MethodName.IOMATCH ? config.withOpenSet() : config;
    }

    private static OptimizerConfig optimizer(Settings settings) {
        return new OptimizerConfig(
                OptimizerConfig.Rule.valueOf(upper(settings.get(LearnKeys.OPTIMIZER))),
                single(settings, LearnKeys.LEARNING_RATE),
                settings.get(LearnKeys.LEARNING_RATE_WARM_UP),
                single(settings, LearnKeys.MOMENTUM),
                single(settings, LearnKeys.WEIGHT_DECAY),
                single(settings, LearnKeys.CLIP));
    }

    private static GateSettings gate(Settings settings) {
        float floor = single(settings, LearnKeys.THRESHOLD_FLOOR);
        return new GateSettings(
                single(settings, LearnKeys.CONFIDENCE),
                single(settings, LearnKeys.RELATIVE),
                floor,
                Math.max(floor, single(settings, LearnKeys.THRESHOLD_CEILING)),
                number(settings, LearnKeys.GATE_HALF_LIFE));
    }

    private static Additions additions(Settings settings) {
        return new Additions(
                AlignmentUse.valueOf(upper(settings.get(LearnKeys.ALIGNMENT))),
                AlignmentPrior.valueOf(upper(settings.get(LearnKeys.ALIGNMENT_PRIOR))),
                settings.get(LearnKeys.TEMPORAL_AGREEMENT),
                single(settings, LearnKeys.ENTROPY),
                single(settings, LearnKeys.LABEL_NOISE),
                number(settings, LearnKeys.CURRICULUM),
                rules(settings));
    }

    private static GateRules rules(Settings settings) {
        return new GateRules(
                settings.get(LearnKeys.START_LABELS),
                settings.get(LearnKeys.START_MOST_STEPS),
                number(settings, LearnKeys.WINDOW),
                number(settings, LearnKeys.CLASS_QUOTA),
                number(settings, LearnKeys.SOURCE_QUOTA),
                settings.get(LearnKeys.SOURCE_WAIT),
                number(settings, LearnKeys.NOVELTY));
    }

    private static ImageStrength images(Settings settings) {
        return new ImageStrength(
                settings.get(LearnKeys.IMAGE_FLIP),
                number(settings, LearnKeys.IMAGE_WEAK_SHIFT),
                number(settings, LearnKeys.IMAGE_SHIFT),
                number(settings, LearnKeys.IMAGE_ROTATION),
                number(settings, LearnKeys.IMAGE_SHEAR),
                number(settings, LearnKeys.IMAGE_ZOOM),
                number(settings, LearnKeys.IMAGE_BRIGHTNESS),
                number(settings, LearnKeys.IMAGE_CONTRAST),
                number(settings, LearnKeys.IMAGE_CUTOUT));
    }

    private static SensorStrength sensors(Settings settings) {
        return new SensorStrength(
                number(settings, LearnKeys.SENSOR_WEAK_SHIFT),
                number(settings, LearnKeys.SENSOR_SHIFT),
                number(settings, LearnKeys.SENSOR_WEAK_JITTER),
                number(settings, LearnKeys.SENSOR_JITTER),
                number(settings, LearnKeys.SENSOR_SCALE),
                number(settings, LearnKeys.SENSOR_MASK));
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    private static double number(Settings settings, String key) {
        Double value = settings.get(key);
        return value;
    }

    private static float single(Settings settings, String key) {
        return (float) number(settings, key);
    }
}
