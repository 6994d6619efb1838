/** How good a model is: on the holdout, on labels scored before they were trained, and whether its confidence is honest. */
@NullMarked
package io.millrace.trainer.evaluate;

import org.jspecify.annotations.NullMarked;
