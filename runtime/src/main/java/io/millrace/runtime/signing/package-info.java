/** Ed25519 keys: the one that signs, and those that are trusted. */
@NullMarked
package io.millrace.runtime.signing;

import org.jspecify.annotations.NullMarked;
