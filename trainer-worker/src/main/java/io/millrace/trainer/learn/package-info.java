/**
 * One step of semi-supervised learning and the methods that differ in it.
 *
 * <pre>
 *   TrainingBatch -&gt; weak views -&gt; teacher -&gt; gate -&gt; targets, weights
 *        |                                             |
 *        +---------&gt; labeled and strong views -&gt; student -&gt; loss -&gt; clip -&gt; optimizer -&gt; teacher average
 * </pre>
 */
@NullMarked
package io.millrace.trainer.learn;

import org.jspecify.annotations.NullMarked;
