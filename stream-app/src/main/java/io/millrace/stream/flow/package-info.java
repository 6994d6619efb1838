/** What travels between stages: a record with its origin, or a refusal with its reason. Stages know this, not each other. */
@NullMarked
package io.millrace.stream.flow;

import org.jspecify.annotations.NullMarked;
