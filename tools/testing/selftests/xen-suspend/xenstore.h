/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A little client of xenstore, through the kernel's device.  Errors are
 * negative errno values, as xenstore or the kernel gave them.
 */
#ifndef XEN_SUSPEND_XENSTORE_H
#define XEN_SUSPEND_XENSTORE_H

#include <stddef.h>

#define XENSTORE_LONGEST	4096	/* message that the device takes */

/* -ENOENT: there is no xenstore here, so most likely no Xen either. */
int xenstore_open(void);

/* Paths that do not begin with / are below the domain's own. */
int xenstore_write(int fd, const char *path, const char *value, size_t size);
int xenstore_remove(int fd, const char *path);

/*
 * The value, or the names below @path one after the other, with a NUL after
 * each.  @reply is the caller's to free, *size does not count its last NUL.
 */
int xenstore_read(int fd, const char *path, char **reply, size_t *size);
int xenstore_directory(int fd, const char *path, char **reply, size_t *size);

#endif
