/** Watches over the learning: drift, collapse, and what follows from them. Numbers in, decisions out. */
@NullMarked
package io.millrace.trainer.safety;

import org.jspecify.annotations.NullMarked;
