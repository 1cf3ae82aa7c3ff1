package dev.mlops.api.spi.metadata;

/** The repositories in one transaction; valid until the work returns, on its thread only. */
public interface MetadataTransaction {
    /** Projects. */
    ProjectRepository projects();

    /** Grants. */
    GrantRepository grants();

    /** Experiments. */
    ExperimentRepository experiments();

    /** Runs with params, tags, artifacts and the data they used. */
    RunRepository runs();

    /** Metric points. */
    MetricRepository metrics();

    /** Data sets and their versions. */
    DatasetRepository datasets();

    /** Models, versions and aliases. */
    ModelRepository models();

    /** Applications, versions and releases. */
    ApplicationRepository applications();

    /** Devices and deployments. */
    DeviceRepository devices();

    /** Events. */
    EventRepository events();

    /** Lineage, derived from what the others hold. */
    LineageRepository lineage();

    /** What the content store must remember. */
    ContentRepository content();

    /** Idempotency keys. */
    IdempotencyRepository idempotency();
}
