package dev.mlops.s3;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Turns what the AWS SDK throws into what this SDK throws; the one place that does. */
final class S3Failures {
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int PRECONDITION_FAILED = 412;
    static final int RANGE_NOT_SATISFIABLE = 416;
    static final int NOT_IMPLEMENTED = 501;

    private S3Failures() {}

    /** {@code what} says what failed, with the key and the store. */
    static MlopsException of(String what, SdkException failure) {
        if (failure instanceof S3Exception answered) {
            return new UnavailableException(what + ": " + answer(answered), failure);
        }
        Throwable cause = wrappedIn(failure);
        if (isInterrupt(failure, cause)) {
            return new CancelledException(what + ": the thread was interrupted", failure);
        }
        return new UnavailableException(what + ": " + reason(cause), failure);
    }

    static boolean isNoBucket(S3Exception failure) {
        return code(failure).equals("NoSuchBucket");
    }

    /** The thread's own flag alone would call a coincidence an interrupt, the exception alone a timeout. */
    private static boolean isInterrupt(SdkException failure, Throwable cause) {
        boolean interrupted = cause instanceof InterruptedException
                || (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException));
        return failure instanceof AbortedException
                || (interrupted && Thread.currentThread().isInterrupted());
    }

    private static String answer(S3Exception failure) {
        String answer = failure.statusCode() + " " + code(failure);
        String request = failure.requestId() == null ? "" : ", request " + failure.requestId();
        return answer.strip() + request + hint(failure);
    }

    private static String hint(S3Exception failure) {
        return switch (code(failure)) {
            case "NoSuchBucket" -> "; create the bucket or correct its name";
            case "SignatureDoesNotMatch", "InvalidAccessKeyId" -> "; check the access key and the secret key";
            case "RequestTimeTooSkewed" -> "; check the clock of this machine";
            case "AccessDenied" -> "; these credentials may not do this";
            default -> "";
        };
    }

    private static String code(S3Exception failure) {
        AwsErrorDetails details = failure.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** What the SDK wrapped. Not the root: below a timeout lies only that the socket was closed. */
    private static Throwable wrappedIn(SdkException failure) {
        Throwable cause = failure;
        while (cause instanceof SdkException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
