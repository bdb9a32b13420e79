package io.windlass.cri.container.spec;

/** The seccomp or AppArmor profile that a container asks for. */
public sealed interface ProfileChoice {
    /** None. */
    record Unconfined() implements ProfileChoice {}

    /** The runtime's own. */
    record RuntimeDefault() implements ProfileChoice {}

    /** @param name one of the node: the path of a file with seccomp, the name of what is loaded with AppArmor */
    record Localhost(String name) implements ProfileChoice {}
}
