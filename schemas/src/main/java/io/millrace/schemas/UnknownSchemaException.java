package io.millrace.schemas;

import org.apache.kafka.common.errors.SerializationException;

/** A schema or a schema id that the registry, or the lock file, does not know. Trying again does not help. */
public final class UnknownSchemaException extends SerializationException {
    private static final long serialVersionUID = 1L;

    UnknownSchemaException(String message) {
        super(message);
    }
}
