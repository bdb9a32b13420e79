/** rtnetlink and nf_tables messages as far as pod networks need them. See rtnetlink(7) and the kernel's nf_tables.h. */
@NullMarked
package io.windlass.cni.netlink;

import org.jspecify.annotations.NullMarked;
