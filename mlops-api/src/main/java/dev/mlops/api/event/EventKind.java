package dev.mlops.api.event;

/** What happened. */
public enum EventKind {
    /** Something was made. */
    CREATED,
    /** Something was changed. */
    UPDATED,
    /** Something was deleted and can be restored. */
    DELETED,
    /** Something deleted was restored. */
    RESTORED,
    /** Something was removed for good. */
    DESTROYED,
    /** A version of a data set was published. */
    PUBLISHED,
    /** A version of a model was imported. */
    IMPORTED,
    /** A run ended. */
    FINISHED,
    /** An alias or a current pointer was moved. */
    MOVED,
    /** A privilege was granted. */
    GRANTED,
    /** A privilege was taken back. */
    REVOKED,
    /** An application was released. */
    RELEASED,
    /** An application was rolled back. */
    ROLLED_BACK,
    /** A model version was deployed to a device. */
    DEPLOYED,
    /** A deployment failed; what was there before goes on. */
    DEPLOY_FAILED,
    /** A deployed instance was started. */
    STARTED,
    /** A deployed instance was stopped. */
    STOPPED
}
