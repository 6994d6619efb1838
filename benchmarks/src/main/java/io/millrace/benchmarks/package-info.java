/**
 * One command for each published number. Each benchmark runs production classes on the bundled data, prints its figures
 * and writes the same as JSON; what is compared is measured side by side in one run.
 */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
