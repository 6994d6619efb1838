/**
 * What can be seen of a pipeline from its topics alone, against any broker and without taking part.
 *
 * <pre>
 *   every topic --> PipelineWatcher --> RunStatistics --> RunSnapshot --> LiveView, report
 * </pre>
 */
@NullMarked
package io.millrace.quickstart.watch;

import org.jspecify.annotations.NullMarked;
