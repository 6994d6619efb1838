package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.model.Architecture.Convolution;
import io.millrace.trainer.model.ParameterLayout.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/**
 * The convolutions of an {@link Architecture}, each with group normalisation and ReLU, global mean, one linear layer. It has
 * no weights of its own: the same layers run as student and as teacher, each time over the flat buffer they are given.
 *
 * <pre>
 *   [B, C, H, W] -&gt; convolutions -&gt; mean -&gt; head -&gt; [B, classes]
 * </pre>
 *
 * <p>A sensor window {@code [channels, time]} is an image of height 1, its kernels are 1x5 and 1x3 and stride along time.
 *
 * <p>Group normalisation (Wu and He 2018, section 3.2): {@code y = gamma_c (x - mean) / sqrt(variance + 1e-5) + beta_c},
 * mean and variance over the channels of a group and all positions of one sample. It has no running statistics, so a
 * sample's logits do not depend on the rest of its batch. Laid out {@code [B, C, H, W]}: for convolutions this small
 * channels-last gained nothing, and a group is contiguous memory only this way.
 */
public final class Network {
    private static final float EPSILON = 1e-5f;
    private static final int CHUNK = 128;

    private final NetworkConfig config;
    private final List<Head> heads;
    private final List<Convolution> convolutions;
    private final ParameterLayout layout;
    private final NDManager constants;
    private final Map<Integer, NDList> onesAndZeros = new HashMap<>();

    /** @param constants scope of the network's constants; the caller closes it after the last use of the network */
    public Network(NetworkConfig config, NDManager constants) {
        this(config, List.of(), constants);
    }

    /**
     * A network with more heads than those that are published.
     *
     * @param more behind those of the config in {@link #outputs}; at most one is {@link Head.Kind#SERVED}
     */
    public Network(NetworkConfig config, List<Head> more, NDManager constants) {
        this.config = config;
        List<Head> all = new ArrayList<>(config.heads());
        all.addAll(more);
        this.heads = List.copyOf(all);
        this.constants = constants;
        this.convolutions = config.architecture().convolutions(config.input().channels(), config.width());
        this.layout = layout(config, convolutions, this.heads);
    }

    /** What the network was built from. */
    public NetworkConfig config() {
        return config;
    }

    /** Names, shapes and places of the parameters. */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * Runs the network.
     *
     * @param flat parameters {@code [size]}, float32
     * @param input {@code [B, C, H, W]} ({@code [B, channels, 1, time]} for sensor windows), float32; images 0..1
     * @return logits {@code [B, classes]}, float32, owned by the manager of {@code input}
     */
    public NDArray logits(NDArray flat, NDArray input) {
        NDList parameters = layout.views(flat);
        return linear(features(parameters, input), parameters, 3 * convolutions.size());
    }

    /**
     * Runs the network with all of its heads.
     *
     * @return logits {@code [B, classes]}, then {@code [B, outputs]} of each head, in order; see {@link #logits}
     */
    public NDList outputs(NDArray flat, NDArray input) {
        NDList parameters = layout.views(flat);
        return outputs(features(parameters, input), parameters);
    }

    private NDList outputs(NDArray features, NDList parameters) {
        int next = 3 * convolutions.size();
        NDList outputs = new NDList(linear(features, parameters, next));
        next += 2;
        for (Head head : heads) {
            NDArray from = features;
            if (head.kind() == Head.Kind.PROJECTION) {
                from = Activation.relu(linear(features, parameters, next));
            }
            next += head.parameters();
            outputs.add(head.kind() == Head.Kind.FEATURES ? features : linear(from, parameters, next - 2));
        }
        return outputs;
    }

    private static NDArray linear(NDArray features, NDList parameters, int first) {
        return features.matMul(parameters.get(first).transpose()).addi(parameters.get(first + 1));
    }

    /** {@code [B, C, H, W]} to {@code [B, 4 width]}. */
    private NDArray features(NDList parameters, NDArray input) {
        NDArray x = input.sub(config.inputMean()).divi(config.inputDeviation());
        int next = 0;
        for (Convolution convolution : convolutions) {
            NDArray kernel = parameters.get(next++);
            NDArray y = normalise(convolve(x, kernel, convolution), parameters.get(next++), parameters.get(next++));
            x = Activation.relu(convolution.shortcut() ? y.addi(x) : y);
        }
        return x.getNDArrayInternal().globalAvgPool();
    }

    /**
     * Logits of many samples, in chunks; nothing native outlives the call.
     *
     * @param flat parameters {@code [size]}, owned by the caller
     * @return {@code [N][classes]}
     */
    public float[][] logits(NDArray flat, InputBuffer buffer, List<float[]> samples) {
        return inChunks(samples, buffer, flat, 1, this::logitsAlone).get(0);
    }

    /**
     * All outputs for many samples, in chunks; nothing native outlives the call.
     *
     * @param flat parameters {@code [size]}, owned by the caller
     * @return {@code [N][classes]}, then {@code [N][outputs]} of each head
     */
    public List<float[][]> outputs(NDArray flat, InputBuffer buffer, List<float[]> samples) {
        return inChunks(samples, buffer, flat, 1 + heads.size(), this::outputs);
    }

    /**
     * All outputs for many samples, and what they are computed from; nothing native outlives the call.
     *
     * @param flat parameters {@code [size]}, owned by the caller
     * @return {@code [N][classes]}, then {@code [N][outputs]} of each head, then the features {@code [N][4 width]}, 0 or
     *     more
     */
    public List<float[][]> outputsAndFeatures(NDArray flat, InputBuffer buffer, List<float[]> samples) {
        return inChunks(samples, buffer, flat, 2 + heads.size(), this::outputsAndFeatures);
    }

    private NDList outputsAndFeatures(NDArray flat, NDArray input) {
        NDList parameters = layout.views(flat);
        NDArray features = features(parameters, input);
        NDList all = outputs(features, parameters);
        all.add(features);
        return all;
    }

    private NDList logitsAlone(NDArray flat, NDArray input) {
        return new NDList(logits(flat, input));
    }

    private List<float[][]> inChunks(
            List<float[]> samples,
            InputBuffer buffer,
            NDArray flat,
            int kinds,
            BiFunction<NDArray, NDArray, NDList> run) {
        int size = samples.size();
        List<float[][]> all = new ArrayList<>(kinds);
        for (int kind = 0; kind < kinds; kind++) {
            all.add(new float[size][]);
        }
        for (int start = 0; start < size; start += CHUNK) {
            int count = Math.min(CHUNK, size - start);
            try (NDManager scope = constants.newSubManager()) {
                NDArray parameters = shared(flat, scope);
                buffer.clear();
                samples.subList(start, start + count).forEach(buffer::add);
                NDList outputs = run.apply(parameters, buffer.toArray(scope));
                for (int kind = 0; kind < kinds; kind++) {
                    System.arraycopy(rows(outputs.get(kind)), 0, all.get(kind), start, count);
                }
            }
        }
        return all;
    }

    /** Where {@link #outputs} has what is published as the classifier: 0, or a head that serves. */
    public int served() {
        for (int i = 0; i < heads.size(); i++) {
            if (heads.get(i).kind() == Head.Kind.SERVED) {
                return i + 1;
            }
        }
        return 0;
    }

    /**
     * Those of the weights that a published model consists of, named as that calls them.
     *
     * @param weights every parameter of this network
     */
    public List<Tensor> published(List<Tensor> weights) {
        Map<String, Tensor> named = new HashMap<>();
        weights.forEach(tensor -> named.put(tensor.name(), tensor));
        if (served() > 0) {
            Head serving = heads.get(served() - 1);
            named.put("head.weight", required(named, serving.weight()));
            named.put("head.bias", required(named, serving.bias()));
        }
        return layout(config, convolutions, config.heads()).entries().stream()
                .map(entry -> new Tensor(
                        entry.name(),
                        entry.shape(),
                        required(named, entry.name()).values()))
                .toList();
    }

    private static Tensor required(Map<String, Tensor> named, String name) {
        Tensor tensor = named.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("expected a tensor " + name + ", got only " + named.keySet());
        }
        return tensor;
    }

    /** Copies {@code [N, classes]} into Java. */
    public static float[][] rows(NDArray logits) {
        float[] values = logits.toFloatArray();
        int rows = Math.toIntExact(logits.getShape().get(0));
        int size = values.length / rows;
        float[][] copied = new float[rows][];
        Arrays.setAll(copied, i -> Arrays.copyOfRange(values, i * size, (i + 1) * size));
        return copied;
    }

    /** Another handle on the same memory, without gradient, owned by {@code scope}. */
    public static NDArray shared(NDArray array, NDManager scope) {
        NDArray handle = array.stopGradient();
        handle.attach(scope);
        return handle;
    }

    /**
     * First weights: kernels normal with deviation {@code sqrt(2 / (out * kernel positions))} (He et al. 2015, section
     * 2.2, fan out), the head's normal with deviation 0.01, scales 1, biases 0. More heads come after, so they change
     * nothing before them; the layers of a projection are normal with deviation {@code sqrt(2 / features)}.
     */
    public float[] initialParameters(long seed) {
        SplittableRandom random = Randomness.at(seed, 0, Purpose.INITIALISATION);
        float[] flat = new float[layout.size()];
        int next = 0;
        for (Entry entry : layout.entries()) {
            double deviation = deviation(entry);
            float constant = entry.name().endsWith("norm.weight") ? 1 : 0;
            for (int end = next + entry.size(); next < end; next++) {
                flat[next] = deviation == 0 ? constant : (float) (deviation * random.nextGaussian());
            }
        }
        return flat;
    }

    private double deviation(Entry entry) {
        if (!entry.isMatrix()) {
            return 0;
        }
        List<Integer> shape = entry.shape();
        boolean projects = heads.stream()
                .anyMatch(head ->
                        head.kind() == Head.Kind.PROJECTION && entry.name().startsWith(head.name() + "."));
        if (projects) {
            return Math.sqrt(2.0 / shape.get(1));
        }
        return shape.size() == 2 ? 0.01 : Math.sqrt(2.0 / (shape.get(0) * shape.get(2) * shape.get(3)));
    }

    private NDArray convolve(NDArray x, NDArray kernel, Convolution convolution) {
        int across = convolution.kernel() / 2;
        boolean image = config.input().isImage();
        Shape stride = new Shape(image ? convolution.stride() : 1, convolution.stride());
        Shape padding = new Shape(image ? across : 0, across);
        return Conv2d.conv2d(x, kernel, null, stride, padding, new Shape(1, 1), 1)
                .singletonOrThrow();
    }

    private NDArray normalise(NDArray x, NDArray scale, NDArray bias) {
        Shape shape = x.getShape();
        long channels = shape.get(1);
        int groupSize = Math.toIntExact(channels / config.groups() * shape.get(2) * shape.get(3));
        NDList plain = onesAndZeros(groupSize);
        NDArray grouped = x.reshape(shape.get(0), config.groups(), groupSize);
        return grouped.getNDArrayInternal()
                .layerNorm(grouped, new Shape(groupSize), plain.get(0), plain.get(1), EPSILON)
                .singletonOrThrow()
                .reshape(shape)
                .mul(scale.reshape(1, channels, 1, 1))
                .addi(bias.reshape(1, channels, 1, 1));
    }

    private NDList onesAndZeros(int size) {
        return onesAndZeros.computeIfAbsent(
                size, key -> new NDList(constants.ones(new Shape(key)), constants.zeros(new Shape(key))));
    }

    private static ParameterLayout layout(NetworkConfig config, List<Convolution> convolutions, List<Head> heads) {
        List<Entry> entries = new ArrayList<>();
        for (Convolution c : convolutions) {
            int height = config.input().isImage() ? c.kernel() : 1;
            entries.add(new Entry(c.name() + ".weight", List.of(c.out(), c.in(), height, c.kernel())));
            entries.add(new Entry(c.name() + ".norm.weight", List.of(c.out())));
            entries.add(new Entry(c.name() + ".norm.bias", List.of(c.out())));
        }
        int features = convolutions.get(convolutions.size() - 1).out();
        entries.add(new Entry("head.weight", List.of(config.classes(), features)));
        entries.add(new Entry("head.bias", List.of(config.classes())));
        heads.forEach(head -> entries.addAll(head.entries(features)));
        return new ParameterLayout(entries);
    }
}
