package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.cli.args.UsageException;
import java.util.stream.Collectors;

/** {@code windlass completion}: a script that completes commands and options in a shell. */
final class Completion implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("completion", "Print a completion script: source <(windlass completion bash).").operands("bash | zsh", 1, 1);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        switch (arguments.first()) {
            case "bash" -> out.out().print(script());
            case "zsh" -> out.out().print("autoload -U +X bashcompinit && bashcompinit\n" + script());
            default -> throw new UsageException("completion wants bash or zsh, not " + arguments.first());
        }
        return 0;
    }

    static String script() {
        StringBuilder text = new StringBuilder("""
                _windlass() {
                    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words
                    if [ "$COMP_CWORD" -eq 1 ]; then
                        words="%s"
                    else
                        case $verb in
                """.formatted(Verbs.ALL.stream().map(Verbs.Entry::name).collect(Collectors.joining(" "))));
        for (Verbs.Entry entry : Verbs.ALL) {
            String options = entry.make().get().usage().options().stream().map(Option::name).collect(Collectors.joining(" --", "--", ""));
            text.append("        ").append(entry.name()).append(") words=\"").append(options).append("\" ;;\n");
        }
        return text.append("""
                        esac
                    fi
                    COMPREPLY=($(compgen -W "$words" -- "$word"))
                }
                complete -o default -F _windlass windlass
                """).toString();
    }
}
