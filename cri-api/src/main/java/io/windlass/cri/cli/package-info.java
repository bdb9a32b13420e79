/** The command line: one class for each verb, over the CRI socket wherever the CRI can answer. */
@NullMarked
package io.windlass.cri.cli;

import org.jspecify.annotations.NullMarked;
