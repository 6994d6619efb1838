package io.millrace.trainer.learn;

/**
 * Decides which predictions on unlabeled samples the student may learn from: as what, how much, and why not. Its state is
 * scalars, class vectors, and tables of bounded size.
 */
interface Gate extends Stateful {

    /**
     * Decides, and takes note of what it saw.
     *
     * @param seen predictions on at least one unlabeled sample
     */
    GateDecision decide(Predictions seen);
}
