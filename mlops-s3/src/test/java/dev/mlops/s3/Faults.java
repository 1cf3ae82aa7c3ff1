package dev.mlops.s3;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Sits between the store and a real server: lets requests through, but answers some in its own way. Thread-safe. */
final class Faults implements Interceptor {
    private final Deque<Interceptor> next = new ArrayDeque<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    /** Applies {@code fault} to each of the next {@code times} requests. */
    synchronized Faults next(int times, Interceptor fault) {
        next.addAll(Collections.nCopies(times, fault));
        return this;
    }

    /** Method and path of every request. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    void forgetRequests() {
        requests.clear();
    }

    OkHttpClient client() {
        return new OkHttpClient.Builder().addInterceptor(this).build();
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        requests.add(chain.request().method() + " " + chain.request().url().encodedPath());
        return pollFault().intercept(chain);
    }

    private synchronized Interceptor pollFault() {
        Interceptor fault = next.poll();
        return fault == null ? chain -> chain.proceed(chain.request()) : fault;
    }

    /** The request arrives and is done; its answer is lost. */
    static Interceptor loseAnswer() {
        return chain -> {
            chain.proceed(chain.request()).close();
            throw new IOException("connection reset after the request");
        };
    }

    /** The request never arrives. */
    static Interceptor loseRequest() {
        return chain -> {
            throw new IOException("connection reset before the request");
        };
    }

    /** The server acts as one that does not know {@code If-None-Match}. */
    static Interceptor ignoreCondition() {
        return chain -> chain.proceed(
                chain.request().newBuilder().removeHeader("If-None-Match").build());
    }

    /** An answer with the XML document of an S3 error. */
    static Interceptor answer(int status, String code) {
        String xml = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>";
        return answer(status, "application/xml", xml);
    }

    static Interceptor answer(int status, String type, String body) {
        return chain -> new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("made up")
                .header("ETag", "\"0\"")
                .body(ResponseBody.create(body, MediaType.get(type)))
                .build();
    }
}
