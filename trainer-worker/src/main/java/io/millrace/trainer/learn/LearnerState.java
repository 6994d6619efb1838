package io.millrace.trainer.learn;

import ai.djl.ndarray.NDManager;
import io.millrace.trainer.model.FlatParameters;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything that a step changes, and nothing else: student, teacher, for some methods a peer, the last step's number. */
final class LearnerState {
    private static final String TEACHER = "teacher.";
    private static final String PEER = "peer.";
    private static final String LABELS = "labels.";
    private static final String WARM_START = "warm.start.";
    private static final String STEP = "step";
    /** Floats hold whole numbers of 24 bits without loss, so a step is three of them. */
    private static final int DIGIT_BITS = 24;

    static final int DIGITS = 3;

    private final Student student;
    private final FlatParameters teacher;
    private final Optional<Student> peer;
    private final FreshLabels labels;
    private final WarmStart warmStart;
    private long step;

    /** What gates and terms remembered before a step. */
    record Memory(List<Tensor> student, List<Tensor> peer, List<Tensor> labels, List<Tensor> warmStart) {}

    LearnerState(NDManager scope, Network network, Student student, Optional<Student> peer, WarmStart warmStart) {
        this.warmStart = warmStart;
        this.labels = warmStart.labels();
        this.student = student;
        this.teacher = new FlatParameters(
                scope, network.layout(), student.weights().flat().toFloatArray());
        this.peer = peer;
    }

    Student student() {
        return student;
    }

    FlatParameters teacher() {
        return teacher;
    }

    /** The other of two students, where there are two. */
    Optional<Student> peer() {
        return peer;
    }

    /** What fresh labels say. */
    FreshLabels labels() {
        return labels;
    }

    /** When pseudo-labels begin to count. */
    WarmStart warmStart() {
        return warmStart;
    }

    /** Number of the last step, 0 before the first. */
    long step() {
        return step;
    }

    void stepped(long number) {
        step = number;
    }

    Memory memory() {
        List<Tensor> ofPeer = peer.map(Student::memory).orElse(List.of());
        return new Memory(student.memory(), ofPeer, labels.state(), warmStart.state());
    }

    void restoreMemory(Memory memory) {
        student.restoreMemory(new NamedTensors(memory.student()));
        peer.ifPresent(other -> other.restoreMemory(new NamedTensors(memory.peer())));
        labels.restore(memory.labels());
        warmStart.restore(memory.warmStart());
    }

    List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>(student.weightTensors());
        tensors.addAll(teacher.tensors(TEACHER));
        tensors.addAll(student.otherTensors());
        peer.ifPresent(other -> {
            tensors.addAll(Tensor.prefixed(PEER, other.weightTensors()));
            tensors.addAll(Tensor.prefixed(PEER, other.otherTensors()));
        });
        tensors.addAll(Tensor.prefixed(LABELS, labels.state()));
        tensors.addAll(Tensor.prefixed(WARM_START, warmStart.state()));
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
        teacher.restore(named.takeAll(TEACHER));
        if (peer.isPresent()) {
            NamedTensors ofPeer = new NamedTensors(named.takeAll(PEER));
            peer.get().restore(ofPeer);
            ofPeer.expectNoneLeft();
        }
        student.restore(named);
        step = number(named.take(STEP, List.of(DIGITS)));
        restoreStart(named);
        named.expectNoneLeft();
    }

    /** The first version counted steps and no labels. */
    private void restoreStart(NamedTensors named) {
        List<Tensor> ofLabels = named.takeAll(LABELS);
        if (!ofLabels.isEmpty()) {
            labels.restore(ofLabels);
        }
        List<Tensor> ofStart = named.takeAll(WARM_START);
        if (ofStart.isEmpty()) {
            warmStart.restoreFrom(step);
        } else {
            warmStart.restore(ofStart);
        }
    }

    static float[] digits(long number) {
        float[] digits = new float[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = number >>> i * DIGIT_BITS & (1 << DIGIT_BITS) - 1;
        }
        return digits;
    }

    static long number(float[] digits) {
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
            number |= (long) digits[i] << i * DIGIT_BITS;
        }
        return number;
    }
}
