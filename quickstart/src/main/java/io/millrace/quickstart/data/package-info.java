/**
 * Fashion-MNIST as a stream: which image is frame number i, from which camera, seen how, is a pure function of the seed.
 * The feed and the labeler are two processes that share nothing but that function.
 */
@NullMarked
package io.millrace.quickstart.data;

import org.jspecify.annotations.NullMarked;
