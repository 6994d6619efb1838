package io.millrace.trainer.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How the convolutions of a network follow each other. Names are published with every model and never change.
 *
 * <pre>
 *   conv4     stem 5x5 /2 -&gt; stage1 /2 -&gt; stage2 -&gt; stage3 /2
 *             width          2 width     2 width    4 width
 *
 *   resnet7   stem /2 -&gt; block1 -&gt; down2 /2 -&gt; block2 -&gt; down3 /2 -&gt; block3
 *             width      width     2 width     2 width    4 width     4 width
 * </pre>
 *
 * <p>Each is {@code relu(norm(conv(x)))}, 3x3 but for that one stem; a block is {@code relu(norm(conv(x)) + x)}: the identity
 * shortcut of He et al. 2016 ("Deep residual learning for image recognition", equation 1), around one convolution instead of
 * two. Downsampling is left to convolutions of their own, so no shortcut has weights.
 */
public enum Architecture {
    /** Four convolutions: about half of the cost. docs/adr/0015 compares. */
    CONV4("conv4-groupnorm") {
        @Override
        List<Convolution> convolutions(int channels, int width) {
            return List.of(
                    new Convolution("stem", channels, width, 5, 2, false),
                    new Convolution("stage1", width, 2 * width, 3, 2, false),
                    new Convolution("stage2", 2 * width, 2 * width, 3, 1, false),
                    new Convolution("stage3", 2 * width, 4 * width, 3, 2, false));
        }
    },
    /** Six convolutions, three of them with a shortcut, and the head: seven layers. */
    RESNET7("resnet7-groupnorm") {
        @Override
        List<Convolution> convolutions(int channels, int width) {
            return List.of(
                    new Convolution("stem", channels, width, 3, 2, false),
                    new Convolution("block1", width, width, 3, 1, true),
                    new Convolution("down2", width, 2 * width, 3, 2, false),
                    new Convolution("block2", 2 * width, 2 * width, 3, 1, true),
                    new Convolution("down3", 2 * width, 4 * width, 3, 2, false),
                    new Convolution("block3", 4 * width, 4 * width, 3, 1, true));
        }
    };

    private final String published;

    Architecture(String published) {
        this.published = published;
    }

    /**
     * One convolution with its normalisation.
     *
     * @param kernel side; a kernel for images is square, one for sensor windows has height 1
     * @param shortcut the input is added before ReLU
     */
    record Convolution(String name, int in, int out, int kernel, int stride, boolean shortcut) {}

    /** In order. The last has four times the width. */
    abstract List<Convolution> convolutions(int channels, int width);

    /** Name in settings. */
    public String setting() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The architecture of a setting. */
    public static Architecture ofSetting(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Name in published models. */
    String published() {
        return published;
    }

    /** @throws IllegalArgumentException when there is none of that name */
    static Architecture ofPublished(String name) {
        List<String> known =
                Arrays.stream(values()).map(Architecture::published).toList();
        if (!known.contains(name)) {
            throw new IllegalArgumentException("expected an architecture out of " + known + ", got " + name);
        }
        return values()[known.indexOf(name)];
    }
}
