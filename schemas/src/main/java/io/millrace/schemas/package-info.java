/**
 * The contract between producers, Millrace and consumers: topics, wire format, reason codes, and what the bytes of a
 * frame mean. Records are generated from {@code src/main/avro} into {@code io.millrace.record}.
 *
 * <pre>
 *   record value:  0x00 | schema id, 4 bytes big-endian | Avro binary        (Confluent framing)
 *                         |
 *                  SchemaIds: a registry when one is configured, else the checked-in lock file
 * </pre>
 */
@NullMarked
package io.millrace.schemas;

import org.jspecify.annotations.NullMarked;
