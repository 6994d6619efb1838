/** Tests of what operators see: meters, dashboards, alerts, traces. */
package io.millrace.quickstart.observe;
