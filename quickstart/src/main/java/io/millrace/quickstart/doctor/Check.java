package io.millrace.quickstart.doctor;

import java.util.List;

/** Looks at one thing. It changes nothing that it does not undo. */
interface Check {
    /** Name of what is looked at; its findings are called that, or that and a second word. */
    String name();

    /**
     * Looks. Runs in a thread of its own, which is interrupted when the time is up.
     *
     * @throws Exception what the check did not expect; it becomes a finding of its own
     */
    List<Finding> examine() throws Exception;
}
