package io.millrace.runtime;

import java.util.List;

/** The settings cannot be used. Carries every error at once, so that one look mends them all. */
public final class BadSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Exit code of a process that refuses its settings. */
    public static final int EXIT_CODE = 2;

    private final transient List<String> errors;

    /** @param errors one sentence each: key, what was expected, what was got */
    public BadSettingsException(List<String> errors) {
        super(errors.size() + " error(s) in the settings:\n  " + String.join("\n  ", errors));
        this.errors = List.copyOf(errors);
    }

    /** One sentence each. */
    public List<String> errors() {
        return errors;
    }
}
