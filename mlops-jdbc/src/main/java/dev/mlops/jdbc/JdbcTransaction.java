package dev.mlops.jdbc;

import dev.mlops.api.spi.metadata.ApplicationRepository;
import dev.mlops.api.spi.metadata.ContentRepository;
import dev.mlops.api.spi.metadata.DatasetRepository;
import dev.mlops.api.spi.metadata.DeviceRepository;
import dev.mlops.api.spi.metadata.EventRepository;
import dev.mlops.api.spi.metadata.ExperimentRepository;
import dev.mlops.api.spi.metadata.GrantRepository;
import dev.mlops.api.spi.metadata.IdempotencyRepository;
import dev.mlops.api.spi.metadata.LineageRepository;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.api.spi.metadata.MetricRepository;
import dev.mlops.api.spi.metadata.ModelRepository;
import dev.mlops.api.spi.metadata.ProjectRepository;
import dev.mlops.api.spi.metadata.RunRepository;

/** The repositories over one session. */
record JdbcTransaction(Session session) implements MetadataTransaction {
    @Override
    public ProjectRepository projects() {
        return new JdbcProjects(session);
    }

    @Override
    public GrantRepository grants() {
        return new JdbcGrants(session);
    }

    @Override
    public ExperimentRepository experiments() {
        return new JdbcExperiments(session);
    }

    @Override
    public RunRepository runs() {
        return new JdbcRuns(session);
    }

    @Override
    public MetricRepository metrics() {
        return new JdbcMetrics(session);
    }

    @Override
    public DatasetRepository datasets() {
        return new JdbcDatasets(session);
    }

    @Override
    public ModelRepository models() {
        return new JdbcModels(session);
    }

    @Override
    public ApplicationRepository applications() {
        return new JdbcApplications(session);
    }

    @Override
    public DeviceRepository devices() {
        return new JdbcDevices(session);
    }

    @Override
    public EventRepository events() {
        return new JdbcEvents(session);
    }

    @Override
    public LineageRepository lineage() {
        return new JdbcLineage(session);
    }

    @Override
    public ContentRepository content() {
        return new JdbcContent(session);
    }

    @Override
    public IdempotencyRepository idempotency() {
        return new JdbcIdempotency(session);
    }
}
