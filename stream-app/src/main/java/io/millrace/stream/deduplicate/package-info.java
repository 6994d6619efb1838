/** Whether a frame came before on its partition of {@code frames}. See docs/adr/0005 for why only there. */
@NullMarked
package io.millrace.stream.deduplicate;

import org.jspecify.annotations.NullMarked;
