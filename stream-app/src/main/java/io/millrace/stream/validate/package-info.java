/** Whether a frame or a label is what it says it is. Pure: same record, same wall-clock, same verdict. */
@NullMarked
package io.millrace.stream.validate;

import org.jspecify.annotations.NullMarked;
