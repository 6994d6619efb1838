package io.millrace.schemas;

import org.apache.kafka.common.KafkaException;

/**
 * The registry understood the question and says no: not allowed, not compatible, not valid. Neither the record's fault nor
 * one that passes by itself; the message has the status and how the registry's reason begins.
 */
public final class RegistryRefusedException extends KafkaException {
    private static final long serialVersionUID = 1L;

    RegistryRefusedException(String message) {
        super(message);
    }
}
