/** The versions of a pipeline's model as an operator sees and steers them. */
@NullMarked
package io.millrace.quickstart.models;

import org.jspecify.annotations.NullMarked;
