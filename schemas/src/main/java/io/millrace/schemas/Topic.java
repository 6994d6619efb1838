package io.millrace.schemas;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;

/**
 * One topic: its full name, how its values are read and written, and the settings it is created with. Keys are UTF-8
 * strings everywhere.
 *
 * @param name full name, prefix included
 * @param type generated record of the values
 * @param values reads and writes the values
 * @param settings broker settings at creation, such as {@code cleanup.policy}
 */
public record Topic<V extends SpecificRecord>(
        String name, Class<V> type, Serde<V> values, Map<String, String> settings) {
    public Topic {
        settings = Map.copyOf(settings);
    }
}
