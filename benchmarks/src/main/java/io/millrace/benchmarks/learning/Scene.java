package io.millrace.benchmarks.learning;

/**
 * What one frame of a stream of images shows.
 *
 * @param image number of the image
 * @param view how the camera sees it
 * @param source the camera, from 0
 * @param domain place of the test set that stands for frames like this
 * @param labelable false when nobody ever labels it
 */
record Scene(int image, View view, int source, int domain, boolean labelable) {}
