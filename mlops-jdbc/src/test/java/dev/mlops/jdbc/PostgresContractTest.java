package dev.mlops.jdbc;

import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.testkit.metadata.ApplicationsContract;
import dev.mlops.testkit.metadata.BranchesContract;
import dev.mlops.testkit.metadata.ContentContract;
import dev.mlops.testkit.metadata.DatasetsContract;
import dev.mlops.testkit.metadata.DevicesContract;
import dev.mlops.testkit.metadata.EventsContract;
import dev.mlops.testkit.metadata.LineageContract;
import dev.mlops.testkit.metadata.MetricsContract;
import dev.mlops.testkit.metadata.ModelsContract;
import dev.mlops.testkit.metadata.ProjectsContract;
import dev.mlops.testkit.metadata.RunSearchContract;
import dev.mlops.testkit.metadata.RunsContract;
import dev.mlops.testkit.metadata.TransactionsContract;
import org.junit.jupiter.api.Nested;

class PostgresContractTest {
    private static MetadataStore open() {
        return PostgresMetadataStore.builder(TestPostgres.database("contract"))
                .schema(SchemaMode.MIGRATE)
                .open();
    }

    @Nested
    class Transactions extends TransactionsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Projects extends ProjectsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Runs extends RunsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class RunSearch extends RunSearchContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Metrics extends MetricsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Datasets extends DatasetsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Branches extends BranchesContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Content extends ContentContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Models extends ModelsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Applications extends ApplicationsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Devices extends DevicesContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Events extends EventsContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }

    @Nested
    class Lineage extends LineageContract {
        @Override
        protected MetadataStore openStore() {
            return open();
        }
    }
}
