/**
 * Streams of sensor windows for the learning benchmark: windows of simulated machines, or of the activities of people from
 * a directory.
 */
@NullMarked
package io.millrace.benchmarks.sensor;

import org.jspecify.annotations.NullMarked;
