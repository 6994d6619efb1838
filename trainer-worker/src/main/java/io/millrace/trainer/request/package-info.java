/** Which frames are worth a label: what the trainer asks for, under a budget. */
@NullMarked
package io.millrace.trainer.request;

import org.jspecify.annotations.NullMarked;
