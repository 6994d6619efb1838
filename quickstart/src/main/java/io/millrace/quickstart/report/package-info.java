/** What a finished run leaves behind: {@code summary.json}, a table for the terminal, and plots. */
@NullMarked
package io.millrace.quickstart.report;

import org.jspecify.annotations.NullMarked;
