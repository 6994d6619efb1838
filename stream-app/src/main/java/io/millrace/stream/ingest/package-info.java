/** From the bytes of a Kafka record to a typed value, or a refusal. Nothing a producer sends can stop the stream here. */
@NullMarked
package io.millrace.stream.ingest;

import org.jspecify.annotations.NullMarked;
