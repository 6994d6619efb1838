/**
 * The two outside services of the quickstart: cameras that publish frames, and people who label some of them late and
 * sometimes wrongly.
 *
 * <pre>
 *   FrameStream --> FrameFeed --> frames --> Labeler --> labels
 *                      ^                        ^
 *        TrainerProgress (--rate max)       LabelPlan
 * </pre>
 */
@NullMarked
package io.millrace.quickstart.feed;

import org.jspecify.annotations.NullMarked;
