/** Which topic a refused record goes to, and what is written there. */
@NullMarked
package io.millrace.stream.route;

import org.jspecify.annotations.NullMarked;
