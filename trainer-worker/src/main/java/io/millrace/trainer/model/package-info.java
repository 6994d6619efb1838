/** The network: blocks built from a config record, parameters in one flat buffer, optimizers, teacher average. */
@NullMarked
package io.millrace.trainer.model;

import org.jspecify.annotations.NullMarked;
