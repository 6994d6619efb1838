/**
 * Frames and labels from topic to topic: ingest, validate, deduplicate, index, join, route. {@link
 * io.millrace.stream.FrameTopology} is the spine and the only class that knows more than one stage.
 *
 * <pre>
 *                  ingest, validate                deduplicate
 *   frames ------------ o --------------------------- o ----------------------&gt; accepted-frames
 *     by source         |                             | reference, by frame id
 *                       |                             v
 *   labels ------------ o -- raw label, by frame id --&gt; o  index, join labels ---&gt; labeled-frames
 *                       |                             | |
 *   predictions ------- o -- by frame id -----------&gt; | o  join outcomes --------&gt; outcomes
 *                       |                             |
 *                       v refused                     v refused
 *                 dlq.frames, dlq.labels, dlq.predictions
 * </pre>
 */
@NullMarked
package io.millrace.stream;

import org.jspecify.annotations.NullMarked;
