package dev.mlops.s3;

import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A real S3 server in this process, which checks signatures and conditional writes; holds its objects in memory. */
final class S3Server {
    static final String ACCESS_KEY = "tester";
    static final String SECRET_KEY = "not-a-real-secret";

    private final S3Proxy proxy;
    private final BlobStore objects = new TransientNio2BlobStore();

    private S3Server(AuthenticationType authentication) {
        proxy = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(authentication, ACCESS_KEY, SECRET_KEY)
                .blobStore(objects)
                .build();
    }

    static S3Server start() throws Exception {
        return start(AuthenticationType.AWS_V4);
    }

    /** One that lets everybody in, so that requests can be changed on their way. */
    static S3Server startOpen() throws Exception {
        return start(AuthenticationType.NONE);
    }

    private static S3Server start(AuthenticationType authentication) throws Exception {
        S3Server server = new S3Server(authentication);
        server.proxy.start();
        return server;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    String newBucket() {
        String bucket = "test-" + UUID.randomUUID();
        objects.createContainer(bucket);
        return bucket;
    }

    /** Everything in a bucket, whoever put it there. */
    List<String> keysIn(String bucket) {
        return objects.list(ListObjectsV2Request.builder().bucket(bucket).build()).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    /** A store on this server, with everything but the bucket given. */
    S3ObjectStoreBuilder store() {
        return S3ObjectStore.builder().endpoint(endpoint()).pathStyle().credentials(ACCESS_KEY, SECRET_KEY);
    }

    void stop() throws Exception {
        proxy.stop();
    }
}
