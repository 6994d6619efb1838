/** Where a frame lies, and which label and which predictions belong to it. Stores hold references, never pixels. */
@NullMarked
package io.millrace.stream.join;

import org.jspecify.annotations.NullMarked;
