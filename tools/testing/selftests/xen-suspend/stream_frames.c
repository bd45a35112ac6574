// SPDX-License-Identifier: GPL-2.0-only
/* What goes over the connection and whether it is right, see stream.h. */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "stream.h"
#include "watch.h"

#define FRAME_MAGIC	0x78737573
#define HEADER_SIZE	offsetof(struct frame, words)

/* splitmix64: word @i of frame @sequence. */
static u64 content(u64 seed, u64 sequence, u64 i)
{
	u64 x = seed + (sequence * FRAME_WORDS + i) * 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static u32 frame_size(const struct frame *f)
{
	return f->type == FRAME_END ? HEADER_SIZE : sizeof(*f);
}

/* FNV-1a, a word at a time. */
static u64 checksum(const struct frame *f)
{
	u64 sum = 0xcbf29ce484222325ULL;
	u32 i;

	sum = (sum ^ f->magic) * 0x100000001b3ULL;
	sum = (sum ^ f->type) * 0x100000001b3ULL;
	sum = (sum ^ f->sequence) * 0x100000001b3ULL;
	sum = (sum ^ f->seed) * 0x100000001b3ULL;
	if (f->type == FRAME_DATA)
		for (i = 0; i < FRAME_WORDS; i++)
			sum = (sum ^ f->words[i]) * 0x100000001b3ULL;
	return sum;
}

static void next_frame(struct sender *tx, enum frame_type type)
{
	struct frame *f = &tx->frame;
	u32 i;

	f->magic = FRAME_MAGIC;
	f->type = type;
	f->sequence = tx->sequence++;
	f->seed = tx->seed;
	for (i = 0; i < FRAME_WORDS; i++)
		f->words[i] = content(tx->seed, f->sequence, i);
	f->checksum = checksum(f);
	tx->size = frame_size(f);
	tx->offset = 0;
}

int stream_send(struct sender *tx, int fd, u64 most, bool finish)
{
	while (!tx->ended) {
		u64 size;
		ssize_t n;

		if (tx->offset == tx->size) {
			if (tx->size && tx->frame.type == FRAME_END) {
				tx->ended = true;
				break;
			}
			next_frame(tx, finish ? FRAME_END : FRAME_DATA);
		}
		size = tx->size - tx->offset;
		/* When it is to finish the rate does not matter any more. */
		if (!finish && size > most)
			size = most;
		if (!size)
			break;
		n = send(fd, (char *)&tx->frame + tx->offset, size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		tx->offset += n;
		tx->bytes += n;
		most -= finish ? 0 : n;
	}
	return 0;
}

static bool frame_header_is_right(struct receiver *rx)
{
	const struct frame *f = &rx->frame;

	if (!rx->sequence)
		rx->seed = f->seed;
	if (f->magic == FRAME_MAGIC && f->sequence == rx->sequence &&
	    f->seed == rx->seed &&
	    (f->type == FRAME_DATA || f->type == FRAME_END))
		return true;
	rx->wrong = true;
	snprintf(rx->why, sizeof(rx->why),
		 "frame=%llu magic=%#x type=%u number=%llu seed=%#llx expected_seed=%#llx",
		 rx->sequence, f->magic, f->type, f->sequence, f->seed, rx->seed);
	return false;
}

static bool frame_is_right(struct receiver *rx)
{
	const struct frame *f = &rx->frame;
	u64 expected, i;

	for (i = 0; i < FRAME_WORDS && f->type == FRAME_DATA; i++) {
		expected = content(f->seed, f->sequence, i);
		if (f->words[i] == expected)
			continue;
		rx->wrong = true;
		snprintf(rx->why, sizeof(rx->why),
			 "frame=%llu word=%llu expected=%#018llx found=%#018llx",
			 f->sequence, i, expected, f->words[i]);
		return false;
	}
	expected = checksum(f);
	if (f->checksum == expected)
		return true;
	rx->wrong = true;
	snprintf(rx->why, sizeof(rx->why), "frame=%llu expected_checksum=%#llx checksum=%#llx",
		 f->sequence, expected, f->checksum);
	return false;
}

/* Looks at what the frame holds by now; false if it is wrong. */
static bool take_frame(struct receiver *rx)
{
	if (rx->offset >= HEADER_SIZE && !frame_header_is_right(rx))
		return false;
	if (rx->offset < HEADER_SIZE || rx->offset < frame_size(&rx->frame))
		return true;
	if (!frame_is_right(rx))
		return false;
	rx->ended = rx->frame.type == FRAME_END;
	rx->sequence++;
	rx->offset = 0;
	return true;
}

static void note_silence(struct receiver *rx)
{
	s64 now = watch_clock(CLOCK_MONOTONIC);

	if (rx->heard && now - rx->heard > rx->silence)
		rx->silence = now - rx->heard;
	rx->heard = now;
}

int stream_receive(struct receiver *rx, int fd)
{
	while (!rx->closed) {
		u32 size = rx->offset < HEADER_SIZE ? HEADER_SIZE :
				frame_size(&rx->frame);
		ssize_t n;

		n = recv(fd, (char *)&rx->frame + rx->offset,
			 size - rx->offset, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (!n) {
			rx->closed = true;
			break;
		}
		note_silence(rx);
		rx->bytes += n;
		rx->offset += n;
		if (rx->ended) {
			rx->wrong = true;
			snprintf(rx->why, sizeof(rx->why), "bytes after the end");
		}
		if (rx->wrong || !take_frame(rx))
			return -EBADMSG;
	}
	return 0;
}
