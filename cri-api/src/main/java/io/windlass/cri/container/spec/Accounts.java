package io.windlass.cri.container.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The users and groups that an image knows: its /etc/passwd and /etc/group. See passwd(5) and group(5).
 *
 * <p>
 * The files are an image's, so hostile: a line that does not read as it should is skipped.
 */
public record Accounts(List<User> users, List<Group> groups) {
    /** An image without the two files. */
    public static final Accounts NONE = new Accounts(List.of(), List.of());

    public record User(String name, int uid, int gid, String home) {}

    public record Group(String name, int gid, List<String> members) {}

    public Accounts {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** Parses the text of both files. */
    public static Accounts parse(String passwd, String group) {
        var users = new ArrayList<User>();
        for (var line : passwd.split("\n")) {
            var f = line.split(":", -1);
            int uid = f.length < 6 ? -1 : Ids.parse(f[2]);
            int gid = f.length < 6 ? -1 : Ids.parse(f[3]);
            if (uid >= 0 && gid >= 0 && !f[0].isEmpty()) {
                users.add(new User(f[0], uid, gid, f[5]));
            }
        }
        var groups = new ArrayList<Group>();
        for (var line : group.split("\n")) {
            var f = line.split(":", -1);
            int gid = f.length < 3 ? -1 : Ids.parse(f[2]);
            if (gid >= 0 && !f[0].isEmpty()) {
                groups.add(new Group(f[0], gid, f.length < 4 || f[3].isBlank() ? List.of() : List.of(f[3].trim().split(","))));
            }
        }
        return new Accounts(users, groups);
    }

    /** Finds the first user of that name. */
    public Optional<User> user(String name) {
        return users.stream().filter(u -> u.name().equals(name)).findFirst();
    }

    /** Finds the first user with that uid. */
    public Optional<User> user(int uid) {
        return users.stream().filter(u -> u.uid() == uid).findFirst();
    }

    /** Finds the first group of that name. */
    public Optional<Group> group(String name) {
        return groups.stream().filter(g -> g.name().equals(name)).findFirst();
    }

    /** Returns the gids of all groups that list the user. */
    public List<Integer> groupsOf(String user) {
        return groups.stream().filter(g -> g.members().contains(user)).map(Group::gid).toList();
    }
}
