/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two directions of a connection.  Each carries frames: a header, and
 * contents that follow from the seed and the frame's number, so that the
 * receiver knows every byte that is to come.  The last frame is empty, and
 * says that all was sent.
 */
#ifndef XEN_SUSPEND_STREAM_H
#define XEN_SUSPEND_STREAM_H

#include <stdbool.h>

#include "types.h"

#define FRAME_WORDS	512

enum frame_type { FRAME_DATA = 1, FRAME_END };

struct frame {
	u32 magic;
	u32 type;
	u64 sequence;	/* frames before this one */
	u64 seed;		/* the sender's, the same in all frames */
	u64 checksum;	/* over all but itself */
	u64 words[FRAME_WORDS];
};

struct sender {
	struct frame frame;
	u64 seed;
	u64 sequence;	/* of the frame after this one */
	u32 offset;	/* so much of the frame is on its way */
	u32 size;
	u64 bytes;
	bool ended;		/* the last frame is in the socket */
};

struct receiver {
	struct frame frame;
	u64 seed;		/* as the first frame gave it */
	u64 sequence;	/* of the frame that is to come */
	u32 offset;
	u64 bytes;
	s64 heard;		/* when the last bytes came */
	s64 silence;	/* the longest time without any */
	bool ended;		/* the last frame has come */
	bool closed;		/* and nothing but the end after it */
	bool wrong;		/* @why is what was not as expected */
	char why[160];
};

/*
 * They move as much as the socket takes or has, the sender at most @most
 * bytes, and begin no new frame but the last one if @finish.  An error is
 * returned as a negative errno.
 */
int stream_send(struct sender *tx, int fd, u64 most, bool finish);
int stream_receive(struct receiver *rx, int fd);

#endif
