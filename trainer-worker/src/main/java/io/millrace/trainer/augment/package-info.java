/** Weak and strong views of one sample, in plain Java arrays: no native memory, no state, randomness handed in. */
@NullMarked
package io.millrace.trainer.augment;

import org.jspecify.annotations.NullMarked;
