package io.millrace.schemas;

/**
 * Names of the consumer groups of one pipeline. Each is also the transactional id of its member, or the start of the
 * transactional ids of its members, so that a permission or an alert names them as the code does.
 *
 * @param prefix of the pipeline, such as {@code millrace.}
 */
public record Groups(String prefix) {
    /** Application id of the stream-app unless another is set; internal topics and transactional ids start with it. */
    public String streamApp() {
        return prefix + "stream-app";
    }

    /** Group and transactional id of the trainer. */
    public String trainer() {
        return prefix + "trainer";
    }

    /** Group of the predictors; their transactional ids are this, a dash and a random id. */
    public String predictor() {
        return prefix + "predictor";
    }

    /** Group and transactional id of the quickstart's labeler. */
    public String labeler() {
        return prefix + "labeler";
    }

    /** Start of the groups of whoever uses the predictions. */
    public String consumers() {
        return prefix + "consumer-";
    }
}
