/** The command line: {@code millrace demo|broker|topics|stream|trainer|feed|label|watch}. Wiring only. */
@NullMarked
package io.millrace.quickstart;

import org.jspecify.annotations.NullMarked;
