/**
 * One step of semi-supervised learning, and the methods that differ in what it is put together from: {@code Method} names
 * the parts, {@code Methods} puts them together, a {@code Gate} decides what may be learned, a {@code LossTerm} adds to the
 * loss.
 *
 * <pre>
 *   TrainingBatch -&gt; weak views -&gt; predictor -&gt; gate -&gt; targets, weights
 *        |                                             |
 *        +---------&gt; labeled and strong views -&gt; student -&gt; loss, terms -&gt; clip -&gt; optimizer -&gt; teacher average
 * </pre>
 */
@NullMarked
package io.millrace.trainer.learn;

import org.jspecify.annotations.NullMarked;
