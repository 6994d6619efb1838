/**
 * Where records become samples: frames and labels merged by event time, and the pixels of a labeled frame read back from
 * where they lie.
 *
 * <pre>
 *   accepted-frames, all partitions --+
 *                                     +--&gt; SampleSource --&gt; Intake: F frames, and the labels due by then
 *   labeled-frames, all partitions ---+          |
 *                                           LabelInbox (labels that are not due yet)
 * </pre>
 */
@NullMarked
package io.millrace.trainer.ingest;

import org.jspecify.annotations.NullMarked;
