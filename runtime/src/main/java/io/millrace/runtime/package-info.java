/** What every process needs and no stage is: settings, the metrics and health endpoint, lifecycle, the blob store. */
@NullMarked
package io.millrace.runtime;

import org.jspecify.annotations.NullMarked;
