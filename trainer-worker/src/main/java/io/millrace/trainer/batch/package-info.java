/** From records to training batches: samples, the replay buffers they wait in, and the batches drawn from them. */
@NullMarked
package io.millrace.trainer.batch;

import org.jspecify.annotations.NullMarked;
