package io.windlass.cri.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows under a head line, columns as wide as their widest cell and three blanks apart. */
final class Table {

    private static final int GAP = 3;

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with its head line. */
    Table(String... head) {
        rows.add(List.of(head));
    }

    /** Adds a row of as many cells as the head has. */
    void row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells under a head of " + rows.getFirst().size());
        }
        rows.add(List.of(cells));
    }

    /** The lines, without blanks at their ends. */
    String render() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + GAP));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
