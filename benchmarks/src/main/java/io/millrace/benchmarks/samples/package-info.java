/**
 * Sets of labeled samples that streams of the learning benchmark are made of: vibration of simulated machines, and what lies
 * in a directory.
 */
@NullMarked
package io.millrace.benchmarks.samples;

import org.jspecify.annotations.NullMarked;
