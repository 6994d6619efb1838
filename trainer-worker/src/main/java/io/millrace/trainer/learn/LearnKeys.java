package io.millrace.trainer.learn;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** The keys of {@link LearnSettings}: name, default, range, sentence. */
final class LearnKeys {
    static final String METHOD = "trainer.method";
    static final String SEED = "trainer.seed";
    static final String DEVICE = "trainer.device";
    static final String THREADS = "trainer.threads";
    static final String BATCH_LABELED = "trainer.batch.labeled";
    static final String BATCH_UNLABELED = "trainer.batch.unlabeled";
    static final String ARCHITECTURE = "trainer.network.architecture";
    static final String NETWORK_WIDTH = "trainer.network.width";
    static final String OPTIMIZER = "trainer.optimizer.name";
    static final String LEARNING_RATE = "trainer.optimizer.learning.rate";
    static final String LEARNING_RATE_WARM_UP = "trainer.optimizer.warm.up.steps";
    static final String MOMENTUM = "trainer.optimizer.momentum";
    static final String WEIGHT_DECAY = "trainer.optimizer.weight.decay";
    static final String CLIP = "trainer.optimizer.clip.norm";
    static final String TEACHER_HALF_LIFE = "trainer.teacher.half.life.steps";
    static final String UNLABELED_WEIGHT = "trainer.unlabeled.loss.weight";
    static final String WARM_START = "trainer.unlabeled.warm.start.steps";
    static final String RAMP = "trainer.unlabeled.ramp.steps";
    static final String CONFIDENCE = "trainer.gate.confidence.threshold";
    static final String RELATIVE = "trainer.gate.relative.threshold";
    static final String THRESHOLD_FLOOR = "trainer.gate.threshold.floor";
    static final String THRESHOLD_CEILING = "trainer.gate.threshold.ceiling";
    static final String GATE_HALF_LIFE = "trainer.gate.half.life.steps";
    static final String ALIGNMENT = "trainer.gate.alignment";
    static final String ALIGNMENT_PRIOR = "trainer.gate.alignment.prior";
    static final String START_LABELS = "trainer.gate.start.labels.per.class";
    static final String START_MOST_STEPS = "trainer.gate.start.most.steps";
    static final String WINDOW = "trainer.gate.window.frames";
    static final String CLASS_QUOTA = "trainer.gate.class.quota";
    static final String SOURCE_QUOTA = "trainer.gate.source.quota";
    static final String SOURCE_WAIT = "trainer.gate.source.wait.frames";
    static final String NOVELTY = "trainer.gate.novelty.percentile";
    static final String CURRICULUM = "trainer.augment.curriculum.floor";
    static final String TEMPORAL_AGREEMENT = "trainer.gate.temporal.agreement";
    static final String LABEL_NOISE = "trainer.labeled.noise.weight";
    static final String LABELED_CAPACITY = "trainer.replay.labeled.capacity";
    static final String UNLABELED_CAPACITY = "trainer.replay.unlabeled.capacity";
    static final String ENTROPY = "trainer.unlabeled.entropy.weight";
    static final String LABELED_STRONG = "trainer.labeled.strong.share";
    static final String LABELED_MIXUP = "trainer.labeled.mixup.alpha";
    static final String UNLABELED_MIXUP = "trainer.unlabeled.mixup.alpha";
    static final String IMAGE_FLIP = "trainer.augment.image.flip";
    static final String IMAGE_WEAK_SHIFT = "trainer.augment.image.weak.shift";
    static final String IMAGE_SHIFT = "trainer.augment.image.shift";
    static final String IMAGE_ROTATION = "trainer.augment.image.rotation.degrees";
    static final String IMAGE_SHEAR = "trainer.augment.image.shear";
    static final String IMAGE_ZOOM = "trainer.augment.image.zoom";
    static final String IMAGE_BRIGHTNESS = "trainer.augment.image.brightness";
    static final String IMAGE_CONTRAST = "trainer.augment.image.contrast";
    static final String IMAGE_CUTOUT = "trainer.augment.image.cutout";
    static final String SENSOR_WEAK_SHIFT = "trainer.augment.sensor.weak.shift";
    static final String SENSOR_SHIFT = "trainer.augment.sensor.shift";
    static final String SENSOR_WEAK_JITTER = "trainer.augment.sensor.weak.jitter";
    static final String SENSOR_JITTER = "trainer.augment.sensor.jitter";
    static final String SENSOR_SCALE = "trainer.augment.sensor.scale";
    static final String SENSOR_MASK = "trainer.augment.sensor.mask";

    private static final double MOST_STEPS = 1e9;

    private LearnKeys() {}

    static ConfigDef declareIn(ConfigDef declared) {
        declareProcess(declared);
        declareOptimizer(declared);
        declareSchedule(declared);
        declareGate(declared);
        declareAdditions(declared);
        declareRules(declared);
        declareNovelty(declared);
        declareReplay(declared);
        declareImages(declared);
        declareSensors(declared);
        return declared;
    }

    private static void declareProcess(ConfigDef to) {
        choice(to, METHOD, methods(), "How the student learns; docs/METHODS.md says what each does.");
        to.define(SEED, Type.LONG, 7L, Importance.HIGH, "Root of all randomness; equal seeds give equal weights.");
        choice(to, DEVICE, List.of("auto", "cpu", "cuda"), "Where tensors live; auto takes CUDA where there is one.");
        whole(
                to,
                THREADS,
                0,
                new Within(0, 1024),
                "Cores one tensor operation may use; 0 takes all. Weights repeat for one number.");
        whole(to, BATCH_LABELED, 32, new Within(1, 65536), "Labeled samples in a step.");
        whole(to, BATCH_UNLABELED, 64, new Within(0, 65536), "Unlabeled samples in a step.");
        choice(to, ARCHITECTURE, List.of("resnet7", "conv4"), "Layers of the network; docs/adr/0015 compares them.");
        Importance high = Importance.HIGH;
        String width = "Channels after the network's stem, a multiple of 8; the last stage has four times as many.";
        to.define(NETWORK_WIDTH, Type.INT, 32, new MultipleOf(8, 1024), high, width);
    }

    private static void declareOptimizer(ConfigDef to) {
        choice(to, OPTIMIZER, List.of("sgd", "adamw"), "SGD with Nesterov's momentum, or Adam with decoupled decay.");
        number(to, LEARNING_RATE, 0.05, new Within(1e-8, 100), "Learning rate after the warm-up; constant.");
        whole(
                to,
                LEARNING_RATE_WARM_UP,
                50,
                new Within(0, MOST_STEPS),
                "The learning rate rises linearly over so many steps.");
        number(to, MOMENTUM, 0.9, new Within(0, 0.9999), "Momentum of SGD.");
        number(to, WEIGHT_DECAY, 5e-4, new Within(0, 0.99), "Weight decay of kernels and matrices.");
        number(to, CLIP, 1, new Within(1e-6, 1e9), "Longest gradient that is not scaled down.");
        number(to, TEACHER_HALF_LIFE, 500, new Within(0.01, MOST_STEPS), "Half-life of the teacher average, in steps.");
        number(
                to,
                LABELED_STRONG,
                0.5,
                new Within(0, 1),
                "Share of the labeled samples that the student sees in a strong view.");
        mixup(to, LABELED_MIXUP, 1, "Mixup among labeled samples: alpha of its Beta distribution; 0 turns it off.");
        mixup(
                to,
                UNLABELED_MIXUP,
                0,
                "Mixup among accepted unlabeled samples: alpha of its Beta distribution; 0: off.");
    }

    private static void declareSchedule(ConfigDef to) {
        number(to, UNLABELED_WEIGHT, 1, new Within(0, 1000), "Weight of the unlabeled loss after its ramp.");
        whole(
                to,
                WARM_START,
                100,
                new Within(0, MOST_STEPS),
                "Steps that learn from labels alone before pseudo-labels count.");
        whole(
                to,
                RAMP,
                100,
                new Within(0, MOST_STEPS),
                "Steps over which the weight of the unlabeled loss rises from 0.");
    }

    private static void declareGate(ConfigDef to) {
        number(
                to,
                CONFIDENCE,
                0.95,
                new Within(0, 1),
                "Least probability of a pseudo-label; FlexMatch: the most a class may ask for.");
        number(
                to,
                RELATIVE,
                0.95,
                new Within(0, 1),
                "AdaMatch: the same, as a share of its mean confidence on labeled samples.");
        number(
                to,
                THRESHOLD_FLOOR,
                0.8,
                new Within(0, 1),
                "AdaMatch, FreeMatch, FlexMatch: the threshold never falls below.");
        number(
                to,
                THRESHOLD_CEILING,
                0.95,
                new Within(0, 1),
                "AdaMatch, FreeMatch: the threshold never rises above; at least the floor.");
        number(
                to,
                GATE_HALF_LIFE,
                300,
                new Within(0.01, MOST_STEPS),
                "Half-life of what gates and terms keep a running mean of, in steps.");
    }

    private static void declareAdditions(ConfigDef to) {
        choice(
                to,
                ALIGNMENT,
                List.of("none", "weight", "target"),
                "Predictions are aligned before the gate: for how much they count, or also as what.");
        choice(
                to,
                ALIGNMENT_PRIOR,
                List.of("uniform", "labels"),
                "Any alignment pulls towards equal classes, or to the shares of 200 or more recent labels.");
        to.define(
                TEMPORAL_AGREEMENT,
                Type.BOOLEAN,
                false,
                Importance.MEDIUM,
                "For video: a pseudo-label must be that of one of the two frames of its source before it.");
        number(
                to,
                LABEL_NOISE,
                0,
                new Within(0, 1000),
                "Against wrong labels: weight of early-learning regularisation, 3 in its paper; turns labeled mixup off.");
        number(to, ENTROPY, 0, new Within(0, 1000), "Weight of the entropy of the student's answers; 0: off.");
    }

    private static void declareRules(ConfigDef to) {
        whole(
                to,
                START_LABELS,
                10,
                new Within(0, MOST_STEPS),
                "Pseudo-labels wait for so many labels of each class that has any, and for a teacher that beats the most"
                        + " common class; 0: for neither.");
        whole(
                to,
                START_MOST_STEPS,
                200,
                new Within(0, MOST_STEPS),
                "They wait for labels no longer than to this step.");
        number(
                to,
                WINDOW,
                10_000,
                new Within(1, 1e12),
                "Half-life of what quotas count and of recent labels, in frames.");
        number(
                to,
                CLASS_QUOTA,
                2,
                new ZeroOr(1, 1000),
                "Most that a class may have of what is accepted, in its shares of 200 or more recent labels; 0: no quota.");
        number(
                to,
                SOURCE_QUOTA,
                0.05,
                new Within(0.001, 1),
                "Most that a source may have of what is accepted, or 2 / active sources, if that is more; 1: no quota.");
        whole(
                to,
                SOURCE_WAIT,
                0,
                new Within(0, 1 << 24),
                "A new source is not learned from until so many frames came.");
    }

    private static void declareNovelty(ConfigDef to) {
        number(
                to,
                NOVELTY,
                0,
                new ZeroOr(0.5, 0.999),
                "Frames further from all classes than this share of fresh labeled frames are not learned; 0: all may be.");
        number(
                to,
                CURRICULUM,
                1,
                new Within(0, 1),
                "Strong views start at this share of their strength and grow as accuracy does; 1: always full.");
    }

    private static void declareReplay(ConfigDef to) {
        Within range = new Within(1, Integer.MAX_VALUE);
        whole(to, LABELED_CAPACITY, 2_000, range, "Labeled samples that are replayed.");
        whole(to, UNLABELED_CAPACITY, 2_000, range, "Unlabeled samples that are replayed beside the fresh ones.");
    }

    private static List<String> methods() {
        return Stream.of(MethodName.values()).map(MethodName::text).toList();
    }

    private static void declareImages(ConfigDef to) {
        Importance medium = Importance.MEDIUM;
        to.define(IMAGE_FLIP, Type.BOOLEAN, false, medium, "Views are mirrored left and right, half of the time.");
        number(to, IMAGE_WEAK_SHIFT, 0.08, new Within(0, 0.5), "Weak view: largest shift, as a share of the side.");
        number(to, IMAGE_SHIFT, 0.0715, new Within(0, 0.5), "Strong view: largest shift, as a share of the side.");
        number(to, IMAGE_ROTATION, 10, new Within(0, 180), "Strong view: largest turn, in degrees.");
        number(to, IMAGE_SHEAR, 0.1, new Within(0, 1), "Strong view: largest lean.");
        number(to, IMAGE_ZOOM, 0.2, new Within(0, 0.9), "Strong view: largest growth or shrinking.");
        number(to, IMAGE_BRIGHTNESS, 0.3, new Within(0, 1), "Strong view: most that is added to values in 0..1.");
        number(to, IMAGE_CONTRAST, 0.3, new Within(0, 1), "Strong view: most that contrast is stretched or squeezed.");
        number(
                to,
                IMAGE_CUTOUT,
                0.5,
                new Within(0, 1),
                "Strong view: side of the largest hidden square, as a share of the side.");
    }

    private static void declareSensors(ConfigDef to) {
        number(
                to,
                SENSOR_WEAK_SHIFT,
                0.05,
                new Within(0, 0.5),
                "Weak view: largest shift in time, as a share of the window.");
        number(
                to,
                SENSOR_SHIFT,
                0.1,
                new Within(0, 0.5),
                "Strong view: largest shift in time, as a share of the window.");
        number(
                to,
                SENSOR_WEAK_JITTER,
                0.02,
                new Within(0, 10),
                "Weak view: noise, in standard deviations of the channel.");
        number(
                to,
                SENSOR_JITTER,
                0.15,
                new Within(0, 10),
                "Strong view: noise, in standard deviations of the channel.");
        number(to, SENSOR_SCALE, 0.2, new Within(0, 1), "Strong view: most that a channel is scaled.");
        number(
                to,
                SENSOR_MASK,
                0.25,
                new Within(0, 1),
                "Strong view: longest hidden stretch, as a share of the window.");
    }

    private static void choice(ConfigDef to, String key, List<String> choices, String sentence) {
        String[] names = choices.toArray(String[]::new);
        to.define(key, Type.STRING, choices.get(0), ConfigDef.ValidString.in(names), Importance.HIGH, sentence);
    }

    private static void whole(ConfigDef to, String key, int value, Within range, String sentence) {
        to.define(key, Type.INT, value, range, Importance.MEDIUM, sentence);
    }

    private static void mixup(ConfigDef to, String key, double value, String sentence) {
        number(to, key, value, new ZeroOr(0.05, 4), sentence);
    }

    private static void number(ConfigDef to, String key, double value, ConfigDef.Validator range, String sentence) {
        to.define(key, Type.DOUBLE, value, range, Importance.MEDIUM, sentence);
    }

    /** A closed range; not a number is outside. */
    private record Within(double least, double most) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            double number = ((Number) value).doubleValue();
            if (!(number >= least && number <= most)) {
                throw new ConfigException(name, value, "expected " + this);
            }
        }

        @Override
        public String toString() {
            return plain(least) + " to " + plain(most);
        }
    }

    /** Zero or a range of its own. */
    private record ZeroOr(double least, double most) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            double number = ((Number) value).doubleValue();
            if (!(number == 0 || number >= least && number <= most)) {
                throw new ConfigException(name, value, "expected " + this);
            }
        }

        @Override
        public String toString() {
            return "0 or " + plain(least) + " to " + plain(most);
        }
    }

    /** Whole numbers that a unit divides. */
    private record MultipleOf(int unit, int most) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            int number = ((Number) value).intValue();
            if (number < unit || number > most || number % unit != 0) {
                throw new ConfigException(name, value, "expected " + this);
            }
        }

        @Override
        public String toString() {
            return "a multiple of " + unit + " up to " + most;
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }
}
