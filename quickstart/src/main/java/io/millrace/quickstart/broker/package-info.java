/** A real Kafka broker in this JVM, and the topics of a pipeline on any broker. */
@NullMarked
package io.millrace.quickstart.broker;

import org.jspecify.annotations.NullMarked;
