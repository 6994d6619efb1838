package io.millrace.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device that tensors live on, and the one place where the engine is set up: offline, without telemetry, with a fixed
 * number of threads. Closing it frees every tensor that is left.
 *
 * <p>The engine belongs to the process. The first {@code Compute} loads it; later ones share it and may differ in device
 * only, a different number of threads changes the number for all of them.
 */
public final class Compute implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Compute.class);
    private static final String ENGINE = "PyTorch";

    private final NDManager root;
    private final int threads;

    private Compute(NDManager root, int threads) {
        this.root = root;
        this.threads = threads;
    }

    /**
     * Loads the engine and picks the device.
     *
     * @param device {@code cpu}, {@code cuda} (or {@code gpu}), or {@code auto}: CUDA where there is one
     * @param threads cores one operation may use; 0 takes all of them. Results are bit-identical for one number only
     */
    public static Compute open(String device, int threads) {
        int used = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        prepareEngine(used);
        Engine engine = Engine.getEngine(ENGINE);
        boolean cuda = engine.hasCapability(StandardCapabilities.CUDA);
        Device picked = switch (device) {
            case "auto" -> cuda ? Device.gpu() : Device.cpu();
            case "cpu" -> Device.cpu();
            case "cuda", "gpu" -> Device.gpu();
            default -> throw new IllegalArgumentException("expected auto, cpu or cuda, got " + device);
        };
        if (picked.isGpu() && !cuda) {
            throw new IllegalArgumentException(
                    "device " + device + " was asked for, but the engine sees no CUDA device");
        }
        LOGGER.atInfo()
                .addKeyValue("device", picked)
                .addKeyValue("threads", used)
                .addKeyValue("engine", engine.getVersion())
                .log("Tensors are ready");
        Compute compute = new Compute(engine.newBaseManager(picked), used);
        compute.enterThread();
        return compute;
    }

    /**
     * Turns gradients off and fixes the number of threads for the calling thread. Both are kept by the engine for each
     * thread; a thread that has gradients on and updates an average chains every update to the one before, and memory
     * grows for ever. Takes less than a microsecond, so every entry point calls it.
     */
    public void enterThread() {
        JniUtils.setGradMode(false);
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
    }

    /** A scope for tensors; the caller closes it. */
    public NDManager newScope() {
        return root.newSubManager();
    }

    /** Name of the device, for logs and provenance. */
    public String deviceName() {
        return root.getDevice().toString();
    }

    /** Number of native tensors and scopes that hang directly on this device's root; constant while memory is flat. */
    public int openScopes() {
        return root.getManagedArrays().size();
    }

    @Override
    public void close() {
        root.close();
    }

    private static void prepareEngine(int threads) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    }
}
