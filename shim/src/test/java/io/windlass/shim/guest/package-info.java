/** A guest kernel of cgroup v2, in which tests of this module run again. */
@org.jspecify.annotations.NullMarked
package io.windlass.shim.guest;
