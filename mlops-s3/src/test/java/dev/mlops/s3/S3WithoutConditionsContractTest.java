package dev.mlops.s3;

import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.ObjectStoreContract;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** On a server that overwrites whatever the condition says. */
class S3WithoutConditionsContractTest extends ObjectStoreContract {
    private static final OkHttpClient HTTP =
            new OkHttpClient.Builder().addInterceptor(Faults.ignoreCondition()).build();

    private static S3Server server;
    private String bucket;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.startOpen();
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
        return server.store().bucket(bucket).prefix("some/folder").http(HTTP).open();
    }

    @Override
    protected boolean letsOneWriterWin() {
        return false;
    }

    @Override
    protected boolean presigns() {
        return true;
    }

    @Override
    protected boolean allowsKeysBelowKeys() {
        return false;
    }
}
