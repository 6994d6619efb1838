package io.millrace.trainer.model;

import io.millrace.trainer.model.ParameterLayout.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * One more output beside the classifier, on the same features. Its weights lie behind those of the classifier in the flat
 * buffer, so optimizer, average and checkpoint take them along.
 *
 * @param name unique among the heads; first part of the names of its weights
 * @param outputs values for one sample, at least 1
 * @param kind layers and use
 */
public record Head(String name, int outputs, Kind kind) {
    /** Layers and use of a head. */
    public enum Kind {
        /** One linear layer; published only when the network's config names it. */
        LINEAR,
        /** Two linear layers with ReLU between them, not published: an embedding of a sample. */
        PROJECTION,
        /** One linear layer that is published in the place of the classifier. */
        SERVED,
        /** No layer and no parameters: the features themselves, which the classifier is a linear function of. */
        FEATURES
    }

    public Head {
        if (name.isEmpty() || name.equals("head") || outputs < 1) {
            throw new IllegalArgumentException("expected a name of its own and outputs, got " + name + ", " + outputs);
        }
    }

    String weight() {
        return name + ".weight";
    }

    String bias() {
        return name + ".bias";
    }

    /** Number of parameters, as the network's layout lists them. */
    int parameters() {
        return switch (kind) {
            case FEATURES -> 0;
            case PROJECTION -> 4;
            case LINEAR, SERVED -> 2;
        };
    }

    List<Entry> entries(int features) {
        List<Entry> entries = new ArrayList<>();
        if (kind == Kind.FEATURES) {
            return entries;
        }
        if (kind == Kind.PROJECTION) {
            entries.add(new Entry(name + ".hidden.weight", List.of(features, features)));
            entries.add(new Entry(name + ".hidden.bias", List.of(features)));
        }
        entries.add(new Entry(weight(), List.of(outputs, features)));
        entries.add(new Entry(bias(), List.of(outputs)));
        return entries;
    }
}
