package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.Model;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectUpdate;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** Who may do what: callers, private projects, grants to users and groups, refusals, lists that show only what one may see. */
public final class ShareProjects {
    private ShareProjects() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops, "vision", out);
            }
        });
    }

    static Outcome run(Mlops mlops, String name, PrintStream out) {
        Mlops alice = mlops.as(Principal.user("alice"));
        Mlops bob = mlops.as(Principal.user("bob", Set.of("field-team")));
        Project mine = alice.projects().create(name);
        Model faces = mine.models().create("faces");
        mine.models().create("plates");

        String hidden = refusal(() -> bob.projects().open(name));
        out.println("a stranger:       " + hidden);

        mine.access().grant(Asset.model(faces.id()), Subject.group("field-team"), Privilege.READ);
        Project bobs = bob.projects().open(name);
        List<String> seen = bobs.models().list().map(Model::name).toList();
        out.println("one model shared: bob sees " + seen);
        String denied = refusal(() -> bobs.models().destroy("faces"));
        out.println("only to read:     " + denied);

        mine.access().grant(Subject.user("bob"), Privilege.EDIT);
        bobs.models().create("signs");
        List<String> later = bobs.models().list().map(Model::name).toList();
        out.println("editor of all:    bob sees " + later);
        mine.access().grants().forEach(grant -> out.println("                  " + grant));

        mine.access().revoke(Subject.user("bob"), Privilege.EDIT);
        alice.projects().update(name, ProjectUpdate.visibility(Visibility.PUBLIC));
        boolean everybody =
                mlops.as(Principal.anonymous()).projects().find(name).isPresent();
        out.println("public now:       everybody sees it: " + everybody);
        return new Outcome(hidden, seen, denied, later, everybody);
    }

    private static String refusal(Runnable call) {
        try {
            call.run();
            return "";
        } catch (AccessDeniedException | NotFoundException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What a stranger hears, what bob sees with one model, what he is refused, what he sees as editor, who sees a public project. */
    record Outcome(String hidden, List<String> seen, String denied, List<String> later, boolean everybody) {}
}
