/** What the commands that start a process share: where settings come from, how a run begins and ends, exit codes. */
@NullMarked
package io.millrace.runtime.command;

import org.jspecify.annotations.NullMarked;
