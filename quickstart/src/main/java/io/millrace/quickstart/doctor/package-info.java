/** What an operator needs to be in order before and during a run, looked at and told with the remedy. */
@NullMarked
package io.millrace.quickstart.doctor;

import org.jspecify.annotations.NullMarked;
