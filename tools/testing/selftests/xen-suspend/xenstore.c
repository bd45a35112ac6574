// SPDX-License-Identifier: GPL-2.0-only
/* A little client of xenstore, see xenstore.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "types.h"
#include "xenstore.h"

#define REPLY_TIMEOUT_MS	60000

/* Of Xen's xs_wire.h, what is needed. */
enum {
	XS_DIRECTORY = 1,
	XS_READ = 2,
	XS_WRITE = 11,
	XS_RM = 13,
	XS_ERROR = 16,
};

struct message {
	u32 type;
	u32 request;
	u32 transaction;
	u32 size;		/* of what follows */
};

static const struct {
	const char *name;
	int error;
} errors[] = {
	{ "EINVAL", EINVAL }, { "EACCES", EACCES }, { "EEXIST", EEXIST },
	{ "EISDIR", EISDIR }, { "ENOENT", ENOENT }, { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC }, { "EIO", EIO }, { "ENOTEMPTY", ENOTEMPTY },
	{ "EROFS", EROFS }, { "EBUSY", EBUSY }, { "EAGAIN", EAGAIN },
	{ "EISCONN", EISCONN }, { "E2BIG", E2BIG },
};

int xenstore_open(void)
{
	static const char * const paths[] = {
		"/dev/xen/xenbus", "/proc/xen/xenbus",
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		fd = open(paths[i], O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (errno == EACCES || errno == EPERM)
			return -errno;
	}
	return -ENOENT;
}

static int read_all(int fd, void *to, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t got = 0;

	while (got < size) {
		int ready = poll(&pfd, 1, REPLY_TIMEOUT_MS);
		ssize_t n;

		if (!ready)
			return -ETIMEDOUT;
		n = ready < 0 ? -1 : read(fd, (char *)to + got, size - got);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -EPIPE;
		if (n > 0)
			got += n;
	}
	return 0;
}

static int to_errno(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(name, errors[i].name))
			return -errors[i].error;
	return -EPROTO;
}

/* A path with its NUL, then @value without: all requests look like this. */
static int ask(int fd, u32 type, const char *path, const char *value,
	       size_t size, char **reply, size_t *reply_size)
{
	static u32 request;
	size_t path_size = strlen(path) + 1;
	struct message header;
	char buffer[XENSTORE_LONGEST];
	char *body;
	int error;

	if (sizeof(header) + path_size + size > sizeof(buffer))
		return -E2BIG;
	header.type = type;
	header.request = ++request;
	header.transaction = 0;
	header.size = path_size + size;
	memcpy(buffer, &header, sizeof(header));
	memcpy(buffer + sizeof(header), path, path_size);
	if (size)
		memcpy(buffer + sizeof(header) + path_size, value, size);
	/* In one piece: the device puts nobody else's requests in between. */
	if (write(fd, buffer, sizeof(header) + header.size) < 0)
		return -errno;

	error = read_all(fd, &header, sizeof(header));
	if (error)
		return error;
	if (header.request != request || header.size > XENSTORE_LONGEST)
		return -EPROTO;
	body = calloc(1, header.size + 1);
	if (!body)
		return -ENOMEM;
	error = read_all(fd, body, header.size);
	if (!error && header.type == XS_ERROR)
		error = to_errno(body);
	else if (!error && header.type != type)
		error = -EPROTO;
	if (error || !reply) {
		free(body);
		return error;
	}
	*reply = body;
	*reply_size = header.size;
	return 0;
}

int xenstore_read(int fd, const char *path, char **reply, size_t *size)
{
	return ask(fd, XS_READ, path, NULL, 0, reply, size);
}

int xenstore_directory(int fd, const char *path, char **reply, size_t *size)
{
	return ask(fd, XS_DIRECTORY, path, NULL, 0, reply, size);
}

int xenstore_write(int fd, const char *path, const char *value, size_t size)
{
	return ask(fd, XS_WRITE, path, value, size, NULL, NULL);
}

int xenstore_remove(int fd, const char *path)
{
	return ask(fd, XS_RM, path, NULL, 0, NULL, NULL);
}
