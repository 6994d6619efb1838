package io.millrace.trainer.learn;

import ai.djl.ndarray.NDManager;
import io.millrace.trainer.model.FlatParameters;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.Optimizer;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Everything that a step changes, and nothing else: student, teacher, optimizer, gate and the last step's number. */
final class LearnerState {
    private static final String STUDENT = "student.";
    private static final String TEACHER = "teacher.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String GATE = "gate.";
    private static final String STEP = "step";
    /** Floats hold whole numbers of 24 bits without loss, so a step is three of them. */
    private static final int DIGIT_BITS = 24;

    private static final int DIGITS = 3;

    private final FlatParameters student;
    private final FlatParameters teacher;
    private final Optimizer optimizer;
    private final Gate gate;
    private long step;

    LearnerState(NDManager scope, Network network, LearnSettings settings, Gate gate) {
        float[] initial = network.initialParameters(settings.seed());
        this.student = new FlatParameters(scope, network.layout(), initial);
        this.teacher = new FlatParameters(scope, network.layout(), initial);
        this.optimizer = Optimizer.of(settings.optimizer(), network.layout(), scope);
        this.gate = gate;
    }

    FlatParameters student() {
        return student;
    }

    FlatParameters teacher() {
        return teacher;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    Gate gate() {
        return gate;
    }

    /** Number of the last step, 0 before the first. */
    long step() {
        return step;
    }

    void stepped(long number) {
        step = number;
    }

    List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>(student.tensors(STUDENT));
        tensors.addAll(teacher.tensors(TEACHER));
        addAll(OPTIMIZER, optimizer.state(), tensors);
        addAll(GATE, gate.state(), tensors);
        tensors.add(Tensor.vector(STEP, digits(step)));
        return tensors;
    }

    /** Takes over a whole state, or none of it. */
    void restore(List<Tensor> tensors) {
        List<Tensor> before = tensors();
        try {
            overwrite(tensors);
        } catch (IllegalArgumentException e) {
            overwrite(before);
            throw e;
        }
    }

    private void overwrite(List<Tensor> tensors) {
        NamedTensors named = new NamedTensors(tensors);
        student.restore(named.takeAll(STUDENT));
        teacher.restore(named.takeAll(TEACHER));
        optimizer.restore(named.takeAll(OPTIMIZER));
        gate.restore(named.takeAll(GATE));
        step = number(named.take(STEP, List.of(DIGITS)));
        named.expectNoneLeft();
    }

    private static void addAll(String prefix, List<Tensor> from, List<Tensor> to) {
        from.forEach(tensor -> to.add(new Tensor(prefix + tensor.name(), tensor.shape(), tensor.values())));
    }

    private static float[] digits(long number) {
        float[] digits = new float[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = number >>> i * DIGIT_BITS & (1 << DIGIT_BITS) - 1;
        }
        return digits;
    }

    private static long number(float[] digits) {
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
            number |= (long) digits[i] << i * DIGIT_BITS;
        }
        return number;
    }
}
