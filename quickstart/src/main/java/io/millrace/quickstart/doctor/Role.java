package io.millrace.quickstart.doctor;

import io.millrace.schemas.Permissions.Principal;

/** What a process of the pipeline does; each needs other things. */
public enum Role {
    STREAM(Principal.STREAM_APP),
    TRAINER(Principal.TRAINER),
    PREDICTOR(Principal.PREDICTOR),
    CAMERA(Principal.CAMERA),
    FEED(Principal.FEED),
    LABELER(Principal.LABELER),
    VIEWER(Principal.VIEWER),
    OPERATOR(Principal.OPERATOR);

    private final Principal principal;

    Role(Principal principal) {
        this.principal = principal;
    }

    /** Who it is to the broker. */
    Principal principal() {
        return principal;
    }
}
