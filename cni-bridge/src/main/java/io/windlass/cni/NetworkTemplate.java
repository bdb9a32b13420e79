package io.windlass.cni;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network list with holes for what the cluster gives the node, in the notation of Go's templates as containerd's {@code conf_template} has it:
 * {@code {{.PodCIDR}}} (the first network), {@code {{.PodCIDRRanges}}} (all), {@code {{.Routes}}} (the default routes of their families), with
 * {@code range}, {@code if}, {@code else}, {@code end}, variables, comments and trimming. Pure.
 *
 * {@snippet lang = json :
 * "ranges": [{{range $i, $r := .PodCIDRRanges}}{{if $i}}, {{end}}[{"subnet": "{{$r}}"}]{{end}}]
 * }
 */
final class NetworkTemplate {
    private static final Pattern ACTION = Pattern.compile("\\{\\{(- )?\\s*(/\\*.*?\\*/|[^{}]*?)\\s*( -)?\\}\\}", Pattern.DOTALL);
    private static final Pattern RANGE = Pattern.compile("range\\s+(?:(?:(\\$\\w+)\\s*,\\s*)?(\\$\\w+)\\s*:=\\s*)?(\\S+)");
    private static final Pattern IF = Pattern.compile("if\\s+(\\S+)");

    /** A piece of a template: text as it is, or what stands between braces. */
    private record Piece(boolean action, String text, int line) {}

    private final List<Piece> pieces = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();

    private NetworkTemplate(String template) {
        Matcher actions = ACTION.matcher(template);
        int at = 0;
        int line = 1;
        boolean trim = false;
        while (actions.find()) {
            String text = template.substring(at, actions.start());
            pieces.add(new Piece(false, trimmed(text, trim, actions.group(1) != null), line));
            line += Math.toIntExact(text.chars().filter(c -> c == '\n').count());
            pieces.add(new Piece(true, actions.group(2), line));
            line += Math.toIntExact(actions.group().chars().filter(c -> c == '\n').count());
            trim = actions.group(3) != null;
            at = actions.end();
        }
        pieces.add(new Piece(false, trimmed(template.substring(at), trim, false), line));
    }

    private static String trimmed(String text, boolean start, boolean end) {
        String cut = start ? text.stripLeading() : text;
        return end ? cut.stripTrailing() : cut;
    }

    /** @throws ConfigException naming the line and what of it is not understood */
    static String render(String template, List<Cidr> networks) throws ConfigException {
        Map<String, Object> values = new HashMap<>();
        values.put(".PodCIDR", networks.getFirst().toString());
        values.put(".PodCIDRRanges", networks.stream().map(Cidr::toString).toList());
        values.put(".Routes", networks.stream().map(network -> network.isIpv4() ? "0.0.0.0/0" : "::/0").distinct().toList());
        NetworkTemplate parsed = new NetworkTemplate(template);
        int end = parsed.run(0, values, true);
        if (end < parsed.pieces.size()) {
            throw unexpected(parsed.pieces.get(end));
        }
        return parsed.out.toString();
    }

    /** Runs from a piece on to the end of its block, which it returns. */
    private int run(int from, Map<String, Object> values, boolean live) throws ConfigException {
        int at = from;
        while (at < pieces.size()) {
            Piece piece = pieces.get(at);
            String text = piece.text();
            if (!piece.action()) {
                out.append(live ? text : "");
                at++;
            } else if (text.equals("end") || text.equals("else")) {
                return at;
            } else if (text.startsWith("range ")) {
                at = range(at, values, live);
            } else if (text.startsWith("if ")) {
                at = condition(at, values, live);
            } else {
                if (live && !text.startsWith("/*")) {
                    out.append(value(piece, text, values));
                }
                at++;
            }
        }
        return at;
    }

    private int range(int start, Map<String, Object> values, boolean live) throws ConfigException {
        Piece piece = pieces.get(start);
        Matcher range = match(RANGE, piece);
        List<?> items = live && value(piece, range.group(3), values) instanceof List<?> list ? list : List.of();
        int end = start;
        for (int i = 0; i < Math.max(1, items.size()); i++) {
            Map<String, Object> inner = new HashMap<>(values);
            boolean each = i < items.size();
            if (each) {
                inner.put(".", items.get(i));
                inner.put(String.valueOf(range.group(1)), i);
                inner.put(String.valueOf(range.group(2)), items.get(i));
            }
            end = run(start + 1, inner, each);
        }
        return afterEnd(end, piece, values, live && items.isEmpty());
    }

    private int condition(int start, Map<String, Object> values, boolean live) throws ConfigException {
        Piece piece = pieces.get(start);
        Matcher condition = match(IF, piece);
        boolean holds = live && isTrue(value(piece, condition.group(1), values));
        return afterEnd(run(start + 1, values, holds), piece, values, live && !holds);
    }

    /** Goes on after a block's {@code end}, by way of its {@code else}. */
    private int afterEnd(int end, Piece start, Map<String, Object> values, boolean otherwise) throws ConfigException {
        int at = end;
        if (at < pieces.size() && pieces.get(at).text().equals("else")) {
            at = run(at + 1, values, otherwise);
        }
        if (at >= pieces.size() || !pieces.get(at).text().equals("end")) {
            throw new ConfigException("line " + start.line() + ": {{" + start.text() + "}} has no {{end}}");
        }
        return at + 1;
    }

    private static boolean isTrue(Object value) {
        return switch (value) {
            case Integer number -> number != 0;
            case List<?> list -> !list.isEmpty();
            default -> !value.toString().isEmpty();
        };
    }

    private static Object value(Piece piece, String name, Map<String, Object> values) throws ConfigException {
        Object value = values.get(name);
        if (value == null) {
            throw unexpected(piece);
        }
        return value;
    }

    private static Matcher match(Pattern pattern, Piece piece) throws ConfigException {
        Matcher matcher = pattern.matcher(piece.text());
        if (!matcher.matches()) {
            throw unexpected(piece);
        }
        return matcher;
    }

    private static ConfigException unexpected(Piece piece) {
        return new ConfigException(
                "line " + piece.line() + ": {{" + piece.text() + "}} is not understood: use .PodCIDR, .PodCIDRRanges and "
                        + ".Routes with range, if, else and end");
    }
}
