package io.millrace.schemas;

import org.apache.avro.util.ClassSecurityValidator;

/** Avro makes instances only of classes that the process trusts; ours are trusted here, others stay refused. */
final class TrustedRecords {
    private static final String PACKAGE = "io.millrace.record";

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals(PACKAGE)));
    }

    private TrustedRecords() {}

    /** Loads this class, which does it once a process. */
    static void areTrusted() {}
}
