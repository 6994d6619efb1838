package io.millrace.schemas;

import org.apache.avro.Schema;

/** Maps schemas to the ids that stand in front of every record value, and back. Implementations are thread-safe. */
public interface SchemaIds {
    /**
     * The id under which {@code schema} is known for {@code subject}.
     *
     * @param subject {@code <topic>-value}
     * @throws UnknownSchemaException when the schema is not registered; nothing is ever registered in passing
     * @throws org.apache.kafka.common.errors.RetriableException when the registry cannot be reached now
     */
    int idFor(String subject, Schema schema);

    /**
     * The writer schema behind {@code id}.
     *
     * @throws UnknownSchemaException when no such schema exists: permanent, the record is a dead letter
     * @throws org.apache.kafka.common.errors.RetriableException when the registry cannot be reached now: not the
     *     record's fault
     */
    Schema schemaFor(int id);
}
