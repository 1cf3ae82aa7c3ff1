package dev.mlops.examples.quickstart;

import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.run.Run;
import dev.mlops.examples.digits.Recipe;

/**
 * A model that was trained and registered.
 *
 * @param recipe how it was trained
 * @param run the run that trained it
 * @param version the model version that came of the run
 * @param accuracy the share of the test split that it reads rightly with ONNX Runtime
 */
public record Candidate(Recipe recipe, Run run, ModelVersion version, double accuracy) {}
