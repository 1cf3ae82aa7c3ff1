package dev.mlops.s3;

import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.ObjectStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class S3ObjectStoreContractTest extends ObjectStoreContract {
    private static S3Server server;
    private String bucket;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.stop();
    }

    @BeforeEach
    void createBucket() {
        bucket = server.newBucket();
    }

    @Override
    protected ObjectStore openStore() {
        return server.store().bucket(bucket).prefix("some/folder").open();
    }

    @Override
    protected boolean presigns() {
        return true;
    }

    /** S3Proxy holds keys as files and folders of a file system in memory. */
    @Override
    protected boolean allowsKeysBelowKeys() {
        return false;
    }
}
