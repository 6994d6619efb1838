/** Reading topics as an onlooker: every partition, committed records only, no consumer group. */
@NullMarked
package io.millrace.quickstart.read;

import org.jspecify.annotations.NullMarked;
