/** Bytes under their own SHA-256: in a directory, in an object store. */
@NullMarked
package io.millrace.runtime.blob;

import org.jspecify.annotations.NullMarked;
