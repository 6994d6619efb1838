/** Meters that every process needs: gauges that end with their owner, Kafka's own numbers, memory of the process. */
@NullMarked
package io.millrace.runtime.meters;

import org.jspecify.annotations.NullMarked;
