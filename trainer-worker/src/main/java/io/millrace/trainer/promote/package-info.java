/** Whether a challenger replaces the champion: a pure decision on numbers. */
@NullMarked
package io.millrace.trainer.promote;

import org.jspecify.annotations.NullMarked;
