package dev.mlops.examples.quickstart;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.project.Project;
import dev.mlops.examples.digits.Digits;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Image files become an immutable version of a data set, split into train and test. */
final class DataChapter {
    static final String DATASET = "digits-png";
    static final String TRAIN = "train";
    static final String TEST = "test";

    private final Project project;
    private final Story story;
    private final Path images;

    DataChapter(Project project, Story story, Path images) {
        this.project = project;
        this.story = story;
        this.images = images;
    }

    DatasetVersion tell() {
        story.chapter("Data");
        Digits.writePngs(Digits.all(), images);
        AtomicLong stored = new AtomicLong();
        DatasetVersion version = publish(stored);
        story.say(
                "%,d handwritten digits lie as PNG images in %s, each under its label. Published together they are one"
                        + " immutable version:",
                version.files(), images);
        story.pause();
        story.row(
                "%-24s %,6d files %,9d bytes, %,d of them new to the store",
                version.reference(), version.files(), version.bytes(), stored.get());
        for (SplitSummary split : version.splits()) {
            story.row("  split %-16s %,6d files %,9d bytes", split.name(), split.files(), split.bytes());
        }
        story.pause();
        if (stored.get() == 0) {
            story.say(
                    "The images are those of the version before, so the new one costs nothing but its list of files.");
        }
        story.say("An image stays in its split whatever is added later: its path decides.");
        return version;
    }

    private DatasetVersion publish(AtomicLong stored) {
        return project.datasets()
                .publish(
                        DATASET,
                        images,
                        PublishOptions.builder()
                                .message("1,797 digits of Alpaydin and Kaynak, 1998")
                                .metadata("licence", "CC BY 4.0")
                                .split(Split.ratio(TRAIN, 0.8).and(TEST, 0.2).seed(42))
                                .ignoreModificationTimes() // each telling writes the images anew
                                .progress(progress -> stored.set(progress.newBytes()))
                                .build());
    }
}
