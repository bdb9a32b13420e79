package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who a container runs as.
 *
 * @param uid 0 to 2^31-1
 * @param gid likewise
 * @param groups all groups in ascending order, the primary one among them
 * @param home the home directory of the user, {@code "/"} for one without
 */
public record ContainerUser(int uid, int gid, List<Integer> groups, String home) {
    public ContainerUser {
        groups = List.copyOf(groups);
    }

    /**
     * Resolves the user: the request's before the image's, root by default.
     *
     * @param imageUser the image's USER: {@code user}, {@code uid}, or one of them with {@code :group} or {@code :gid}; may be empty
     * @param accounts what the image knows; names are looked up nowhere else
     * @throws CriException INVALID_ARGUMENT for an id out of range, a group without a user, or a policy that is none
     * @throws CriException FAILED_PRECONDITION for a name that the image does not have
     */
    public static ContainerUser resolve(LinuxContainerSecurityContext context, String imageUser, Accounts accounts) {
        var wanted = Wanted.of(context, imageUser);
        var account = account(wanted.user(), accounts);
        int uid = account.map(Accounts.User::uid).orElseGet(() -> Ids.parse(wanted.user()));
        int gid = wanted.group().isEmpty() ? account.map(Accounts.User::gid).orElse(0) : group(wanted.group(), accounts);
        var groups = new TreeSet<Integer>();
        groups.add(gid);
        for (long extra : context.getSupplementalGroupsList()) {
            groups.add(Ids.require("supplemental_groups entry", extra));
        }
        switch (context.getSupplementalGroupsPolicy()) {
            case Merge -> account.ifPresent(user -> groups.addAll(accounts.groupsOf(user.name())));
            case Strict -> {
            }
            case UNRECOGNIZED -> throw CriException.invalidArgument("supplemental_groups_policy is not known: use Merge or Strict");
        }
        return new ContainerUser(uid, gid, new ArrayList<>(groups), account.map(ContainerUser::home).orElse("/"));
    }

    private static Optional<Accounts.User> account(String user, Accounts accounts) {
        if (Ids.isNumber(user)) {
            int uid = Ids.parse(user);
            if (uid < 0) {
                throw CriException.invalidArgument("user " + user + " is not within 0 to 2147483647");
            }
            return accounts.user(uid);
        }
        requireName("user", user);
        var account = accounts.user(user);
        if (account.isEmpty()) {
            throw CriException.failedPrecondition(
                    "user \"" + user + "\" is not in the image's /etc/passwd: use a user that the image has, or a number");
        }
        return account;
    }

    private static int group(String group, Accounts accounts) {
        if (Ids.isNumber(group)) {
            int gid = Ids.parse(group);
            if (gid < 0) {
                throw CriException.invalidArgument("group " + group + " is not within 0 to 2147483647");
            }
            return gid;
        }
        requireName("group", group);
        return accounts.group(group).map(Accounts.Group::gid).orElseThrow(() -> CriException.failedPrecondition(
                "group \"" + group + "\" is not in the image's /etc/group: use a group that the image has, or a number"));
    }

    /** What can be in no passwd and no group file. */
    private static void requireName(String kind, String name) {
        if (name.isEmpty() || name.indexOf(':') >= 0 || name.chars().anyMatch(Character::isISOControl)) {
            throw CriException.invalidArgument(
                    kind + " \"" + name.replaceAll("\\p{Cntrl}", "?")
                            + "\" is not a name: it must not be empty, nor hold ':' or control characters");
        }
    }

    private static String home(Accounts.User user) {
        boolean usable = user.home().startsWith("/") && user.home().chars().noneMatch(Character::isISOControl);
        return usable ? user.home() : "/";
    }

    /** What was asked for: a name or number each, the group empty for the user's own. */
    private record Wanted(String user, String group) {
        static Wanted of(LinuxContainerSecurityContext context, String imageUser) {
            var group = context.hasRunAsGroup() ? String.valueOf(Ids.require("run_as_group", context.getRunAsGroup().getValue())) : "";
            if (context.hasRunAsUser()) {
                return new Wanted(String.valueOf(Ids.require("run_as_user", context.getRunAsUser().getValue())), group);
            }
            if (!context.getRunAsUsername().isEmpty()) {
                return new Wanted(context.getRunAsUsername(), group);
            }
            if (!group.isEmpty()) {
                throw CriException.invalidArgument("run_as_group " + group + " is set without a user: set run_as_user or run_as_username");
            }
            if (imageUser.isEmpty()) {
                return new Wanted("0", "");
            }
            int colon = imageUser.indexOf(':');
            return colon < 0 ? new Wanted(imageUser, "") : new Wanted(imageUser.substring(0, colon), imageUser.substring(colon + 1));
        }
    }
}
