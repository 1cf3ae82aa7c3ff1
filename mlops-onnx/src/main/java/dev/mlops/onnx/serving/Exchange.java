package dev.mlops.onnx.serving;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Result;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way. It has its reply from the beginning, or {@link #infer} is to be called once with the body. May
 * be passed from thread to thread.
 */
final class Exchange implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final InferenceProtocol protocol;
    private final RequestHead head;
    private final HeldBytes.Share held;
    private final AtomicBoolean closed = new AtomicBoolean();
    private Routes.@Nullable ModelPath path;
    private @Nullable Reply reply;
    private boolean isInference;

    Exchange(InferenceProtocol protocol, RequestHead head) {
        this.protocol = protocol;
        this.head = head;
        this.held = protocol.held().share();
    }

    void route() {
        path = Routes.modelPath(head.path());
        try {
            if (path != null && path.action().equals("infer")) {
                admit(path);
            } else {
                reply = protocol.routes().answer(head, path, protocol.isDraining());
            }
        } catch (ProtocolException e) {
            reply = told(e.reply());
        }
    }

    private void admit(Routes.ModelPath path) throws ProtocolException {
        protocol.catalog().find(path.name(), path.version());
        Routes.checkMethod(head, "POST");
        Routes.checkNotDraining(protocol.isDraining());
        if (head.headers().first("Content-Encoding") != null) {
            throw new ProtocolException(415, "Content-Encoding: is not supported");
        }
        isInference = protocol.enter();
        if (!isInference) {
            throw new ProtocolException(503, "too many requests at once; try again");
        }
    }

    /** The reply, if it needs neither body nor inference. */
    @Nullable
    Reply reply() {
        return reply;
    }

    /**
     * What the body is read into, which is held until this is closed.
     *
     * @param announced how long it will be, as the client says; -1 if it does not
     */
    BodyBytes body(long announced) {
        return new BodyBytes(protocol.limits().maxRequestBytes(), announced, held);
    }

    /** The reply to a body that is not taken; null as long as it is. */
    @Nullable
    Reply refusal(BodyBytes body) {
        if (body.isTooLong()) {
            return refuse(
                    413, "the request body is longer than " + protocol.limits().maxRequestBytes() + " bytes");
        }
        return body.isTooMuch() ? refuse(503, "too many bytes of requests and answers at once; try again") : null;
    }

    /** A reply that says what is wrong with how the request came. */
    Reply refuse(int status, String message) {
        return told(Reply.error(status, message));
    }

    private Reply told(Reply reply) {
        if (reply.isError()) {
            // Clients may have put whatever they like into it, encoded line ends too.
            String line = "%s %s: %d %s".formatted(head.method(), head.path(), reply.status(), reply.text());
            protocol.failed(line.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?"));
        }
        return reply;
    }

    /**
     * Runs the model on what the body asks for.
     *
     * @param bytes the body, from the start of the array
     * @param replies runs what makes the reply
     * @param receiver gets the reply, once
     */
    void infer(byte[] bytes, int length, Executor replies, Consumer<Reply> receiver) {
        Inference inference = new Inference(replies, receiver);
        try {
            inference.request = InferRequestReader.read(
                    new RequestBody(bytes, length, head.headers().first(Reply.JSON_LENGTH)));
            inference.run(find());
        } catch (ProtocolException e) {
            inference.answer(e.reply());
        } catch (RuntimeException | Error e) {
            inference.answer(failure(e));
        }
    }

    private ServedModel find() throws ProtocolException {
        Routes.ModelPath asked = requireNonNull(path);
        return protocol.catalog().find(asked.name(), asked.version());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            held.close();
            protocol.leave(isInference);
        }
    }

    /** Of whatever went wrong, so that no client waits for an answer that never comes. */
    private static Reply failure(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return Reply.error(503, "there is no memory for this request now");
        }
        if (e instanceof InvalidInputException) {
            return Reply.error(400, String.valueOf(e.getMessage()));
        }
        if (e instanceof UnavailableException || e instanceof CancelledException) {
            return Reply.error(503, String.valueOf(e.getMessage()));
        }
        log.warn("a request failed", e);
        return Reply.error(500, e instanceof MlopsException ? String.valueOf(e.getMessage()) : e.toString());
    }

    /** A run and what becomes of it. */
    private final class Inference {
        private final Executor replies;
        private final Consumer<Reply> receiver;
        private final AtomicBoolean answered = new AtomicBoolean();
        private @Nullable InferRequest request;

        Inference(Executor replies, Consumer<Reply> receiver) {
            this.replies = replies;
            this.receiver = receiver;
        }

        void run(ServedModel served) throws ProtocolException {
            InferRequest asked = requireNonNull(request);
            Runner runner = served.runner();
            List<String> names = asked.outputNames();
            List<String> known =
                    runner.signature().outputs().stream().map(ValueSpec::name).toList();
            for (String name : names) {
                if (!known.contains(name)) {
                    throw ProtocolException.badRequest(
                            "outputs", "'" + name + "' is not among those of the model, " + known);
                }
            }
            try {
                runner.run(asked.inputs(), names, protocol.slots(), (result, failed) -> done(served, result, failed));
            } catch (RuntimeException e) {
                done(served, null, e);
            }
        }

        private void done(ServedModel served, @Nullable Result result, @Nullable RuntimeException failed) {
            if (failed instanceof UnavailableException && isReplaced(served)) {
                return;
            }
            try {
                replies.execute(() -> answer(served, result, failed));
            } catch (RejectedExecutionException e) {
                answer(Reply.error(503, "the server is closed"));
            }
        }

        /** Runs the model that has taken this one's place, if one has; this one was closed then before the run began. */
        private boolean isReplaced(ServedModel served) {
            try {
                ServedModel now = find();
                if (now.runner() == served.runner()) {
                    return false;
                }
                run(now);
            } catch (ProtocolException e) {
                answer(e.reply());
            }
            return true;
        }

        private void answer(ServedModel served, @Nullable Result result, @Nullable RuntimeException failed) {
            Reply made;
            try {
                made = result == null
                        ? failure(requireNonNull(failed))
                        : InferenceWriter.write(served, requireNonNull(request), result);
            } catch (ProtocolException e) {
                made = e.reply();
            } catch (RuntimeException | Error e) {
                made = failure(e);
            }
            answer(made);
        }

        void answer(Reply made) {
            if (answered.compareAndSet(false, true)) {
                held.become(made.length());
                receiver.accept(told(made));
            }
        }
    }
}
