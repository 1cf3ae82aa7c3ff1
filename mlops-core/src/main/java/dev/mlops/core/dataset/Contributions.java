package dev.mlops.core.dataset;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Contribution.State;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Branches of one data set that are proposed to be merged, for one caller. Thread-safe. */
final class Contributions {
    private static final int MAX_TITLE = 200;
    private static final int MAX_TEXT = 4096;
    private static final int PAGE = 1_000;
    private static final int SHOWN_USERS = 20;

    private final ProjectContext context;
    private final String name;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final BranchMerge merges;

    Contributions(ProjectContext context, String name) {
        this.context = context;
        this.name = name;
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
        this.merges = new BranchMerge(context);
    }

    /** The open contributions that name a branch, in words. */
    static List<String> openWith(MetadataTransaction tx, Dataset dataset, String branch) {
        List<String> users = new ArrayList<>();
        @Nullable String token = null;
        do {
            Page<Contribution> page = tx.datasets().contributions(dataset.id(), new PageRequest(PAGE, token));
            page.items().stream()
                    .filter(one -> one.state() == State.OPEN)
                    .filter(one -> one.branch().equals(branch) || one.target().equals(branch))
                    .forEach(one -> users.add("contribution " + one));
            token = page.nextToken().orElse(null);
        } while (token != null && users.size() < SHOWN_USERS);
        return users;
    }

    Contribution propose(String branch, String into, String title, String description) {
        checkTitle(title);
        ResourceName.checkText("contribution description", description, MAX_TEXT);
        if (branch.equals(into)) {
            throw new InvalidInputException("target branch", into, "must be another one than the proposed branch");
        }
        return context.write(tx -> {
            Dataset dataset = guard.dataset(tx, name, Privilege.READ);
            tx.datasets().lock(dataset.id());
            guard.branch(tx, dataset, branch);
            guard.branch(tx, dataset, into);
            Contribution made = tx.datasets()
                    .insertContribution(new Contribution(
                            context.newId(),
                            dataset.id(),
                            0,
                            title,
                            description,
                            branch,
                            into,
                            State.OPEN,
                            context.principal().name(),
                            context.now(),
                            null,
                            null,
                            "",
                            null));
            events.record(tx, EventKind.CREATED, dataset, made, null, DatasetEvents.detail(made));
            return made;
        });
    }

    private static void checkTitle(String title) {
        ResourceName.checkText("contribution title", title, MAX_TITLE);
        if (title.isBlank() || title.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException("contribution title", title, "must be one line of text");
        }
    }

    Contribution contribution(long number) {
        return context.read(tx -> find(tx, guard.dataset(tx, name, Privilege.READ), number));
    }

    private Contribution find(MetadataTransaction tx, Dataset dataset, long number) {
        return tx.datasets()
                .findContribution(dataset.id(), number)
                .orElseThrow(() ->
                        context.notFound("contribution #%d to %s".formatted(number, guard.describe(dataset.name()))));
    }

    private Contribution open(MetadataTransaction tx, Dataset dataset, long number) {
        Contribution found = find(tx, dataset, number);
        if (found.state() != State.OPEN) {
            throw notOpen(found);
        }
        return found;
    }

    private static ConflictException notOpen(Contribution found) {
        return new ConflictException("contribution %s is not open any more".formatted(found));
    }

    Listing<Contribution> list() {
        return Listing.of(request -> context.read(tx -> {
            Dataset dataset = guard.dataset(tx, name, Privilege.READ);
            return tx.datasets().contributions(dataset.id(), request);
        }));
    }

    private Dataset publishable(MetadataTransaction tx) {
        return guard.dataset(tx, name, Privilege.PUBLISH);
    }

    Contribution accept(long number, MergeOptions options) {
        Contribution open = context.read(tx -> open(tx, publishable(tx), number));
        String message = options.message().isEmpty()
                ? "Merge contribution #%d: %s".formatted(number, open.title())
                : options.message();
        merges.merge(
                this::publishable,
                new BranchMerge.Request(open.branch(), open.target(), options, message),
                (tx, result) -> decide(tx, publishable(tx), number, State.ACCEPTED, "", result.id()));
        return contribution(number);
    }

    Contribution refuse(long number, String reason) {
        ResourceName.checkText("reason", reason, MAX_TEXT);
        return context.write(tx -> decide(tx, publishable(tx), number, State.REFUSED, reason, null));
    }

    Contribution withdraw(long number, String reason) {
        ResourceName.checkText("reason", reason, MAX_TEXT);
        return context.write(tx -> {
            Dataset dataset = guard.dataset(tx, name, Privilege.READ);
            Contribution found = find(tx, dataset, number);
            String caller = context.principal().name();
            if (!found.proposedBy().equals(caller)) {
                throw new AccessDeniedException(
                        caller, "having proposed it", "contribution #%d to %s".formatted(number, guard.describe(name)));
            }
            return decide(tx, dataset, number, State.WITHDRAWN, reason, null);
        });
    }

    private Contribution decide(
            MetadataTransaction tx,
            Dataset dataset,
            long number,
            State state,
            String reason,
            @Nullable String resultId) {
        Contribution before = open(tx, dataset, number);
        Contribution after = new Contribution(
                before.id(),
                before.datasetId(),
                before.number(),
                before.title(),
                before.description(),
                before.branch(),
                before.target(),
                state,
                before.proposedBy(),
                before.proposedAt(),
                context.principal().name(),
                context.now(),
                reason,
                resultId);
        if (!tx.datasets().decideContribution(after)) {
            throw notOpen(find(tx, dataset, number));
        }
        events.record(tx, EventKind.UPDATED, dataset, after, DatasetEvents.detail(before), DatasetEvents.detail(after));
        return after;
    }
}
