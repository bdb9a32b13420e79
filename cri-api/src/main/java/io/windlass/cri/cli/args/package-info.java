/**
 * Options and operands of a command line, parsed without reflection: the verbs are short, and a parser library took longer to set up than
 * most of them take to run.
 */
@NullMarked
package io.windlass.cri.cli.args;

import org.jspecify.annotations.NullMarked;
