package io.millrace.k8s;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One object of a cluster.
 *
 * @param tree as it is written
 * @param model the same in its typed model, or the tree where there is none
 */
record Manifest(JsonNode tree, Object model) {
    String kind() {
        return tree.path("kind").asText();
    }

    String name() {
        return tree.path("metadata").path("name").asText();
    }
}
