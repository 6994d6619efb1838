package io.millrace.trainer.learn;

import ai.djl.ndarray.NDManager;
import io.millrace.trainer.model.FlatParameters;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.Optimizer;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One student: its weights, its optimizer, and a method of its own, because gates and terms remember what this student
 * was taught.
 */
final class Student {
    private static final String WEIGHTS = "student.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String REFUSALS = "refusal.";

    private final FlatParameters weights;
    private final Optimizer optimizer;
    private final Method method;
    private final Views views;
    private final Refusals refusals;

    Student(NDManager scope, Network network, LearnSettings settings, Method method, FreshLabels labels) {
        this.weights = new FlatParameters(scope, network.layout(), network.initialParameters(settings.seed()));
        this.optimizer = Optimizer.of(settings.optimizer(), network.layout(), scope);
        this.method = method;
        this.views =
                new Views(settings, network.config().input(), network.config().classes(), labels);
        this.refusals = Refusals.of(
                settings.additions().rules(),
                network.config().classes(),
                network.config().features(),
                labels);
    }

    FlatParameters weights() {
        return weights;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    Method method() {
        return method;
    }

    /** The rules behind the method's gate. */
    Refusals refusals() {
        return refusals;
    }

    /** Makes the views of this student's samples. */
    Views views() {
        return views;
    }

    List<Tensor> weightTensors() {
        return weights.tensors(WEIGHTS);
    }

    /** Everything but the weights. */
    List<Tensor> otherTensors() {
        List<Tensor> tensors = Tensor.prefixed(OPTIMIZER, optimizer.state());
        tensors.addAll(memory());
        return tensors;
    }

    /** What gate and terms remember: the part of the state that changes before the step is known to be good. */
    List<Tensor> memory() {
        List<Tensor> tensors = new ArrayList<>();
        method.parts().forEach((prefix, part) -> tensors.addAll(Tensor.prefixed(prefix, part.state())));
        tensors.addAll(Tensor.prefixed(REFUSALS, refusals.state()));
        return tensors;
    }

    void restore(NamedTensors named) {
        weights.restore(named.takeAll(WEIGHTS));
        optimizer.restore(named.takeAll(OPTIMIZER));
        restoreMemory(named);
    }

    void restoreMemory(NamedTensors named) {
        method.parts().forEach((prefix, part) -> part.restore(named.takeAll(prefix)));
        refusals.restore(named.takeAll(REFUSALS));
    }
}
