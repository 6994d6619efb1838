/** Work that goes on until it is told to stop, and the thread that carries it. */
@NullMarked
package io.millrace.runtime.loop;

import org.jspecify.annotations.NullMarked;
