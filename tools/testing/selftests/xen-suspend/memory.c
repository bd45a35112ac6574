// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does memory come back as it was?  Every 64 bit word of several kinds of
 * mappings holds a value that follows from its address, a seed and how often
 * its block was rewritten.  Part of it is rewritten all the time, so that a
 * live save finds it dirty; a block is verified before it is rewritten, or a
 * lost write would go unseen.  At the end all of it is verified.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "options.h"
#include "watch.h"

#define BLOCK_SIZE	4096
#define BLOCK_WORDS	(BLOCK_SIZE / sizeof(u64))
#define BLOCKS_PER_MIB	((1 << 20) / BLOCK_SIZE)

/* Generations of the blocks that the child wrote, apart from its parent's. */
#define CHILD_GENERATION	0x80000000U

struct mismatch {
	u64 words;		/* how many are wrong; of the first one: */
	unsigned long address;
	u64 expected;
	u64 found;
	u32 generation;
};

struct region {
	const char *name;
	u64 *words;
	u32 *generation;	/* of each block */
	size_t blocks;
	size_t hot;		/* so many blocks are rewritten, from the first */
	size_t next;		/* the one that is due */
	u64 rewrites;
	struct mismatch bad;
};

enum { ANON, SHARED, MEMFD, COW, NR_REGIONS };
enum { CHILD_COW, CHILD_SHARED, CHILD_MEMFD, NR_CHILD_CHECKS };

static struct region regions[NR_REGIONS] = {
	[ANON] = { .name = "anon" },
	[SHARED] = { .name = "shared" },
	[MEMFD] = { .name = "memfd" },
	[COW] = { .name = "cow" },
};

static unsigned long mib = 64;
static unsigned long rewrite_mib = 16;
static unsigned long tick_ms = 10;
static unsigned long seed = 1;
static unsigned long seconds;
static int memfd;

static const struct option_entry options[] = {
	{ .name = "mib", .number = &mib, .least = 4, .most = 1 << 24,
	  .help = "MiB of memory to fill" },
	{ .name = "rewrite", .number = &rewrite_mib, .most = 1 << 16,
	  .help = "MiB to rewrite each second" },
	{ .name = "tick-ms", .number = &tick_ms, .least = 1, .most = 1000,
	  .help = "time from one rewrite to the next" },
	{ .name = "seed", .number = &seed, .help = "of the pattern" },
	{ .name = "seconds", .number = &seconds, .most = 1 << 30,
	  .help = "time to watch, 0: until SIGTERM" },
	{ }
};

/* The finalizer of splitmix64: neighbours share no bits. */
static u64 pattern(unsigned long address, u32 generation)
{
	u64 x = seed + address + generation * 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static void write_block(struct region *r, size_t block, u32 generation)
{
	u64 *words = r->words + block * BLOCK_WORDS;
	size_t i;

	r->generation[block] = generation;
	for (i = 0; i < BLOCK_WORDS; i++)
		words[i] = pattern((unsigned long)&words[i], generation);
}

/* @view is where the region is mapped, usually at its own address. */
static void check_block(struct region *r, const u64 *view, size_t block,
			struct mismatch *bad)
{
	u32 generation = r->generation[block];
	size_t i, first = block * BLOCK_WORDS;

	for (i = first; i < first + BLOCK_WORDS; i++) {
		u64 expected = pattern((unsigned long)&r->words[i], generation);
		u64 found = view[i];

		if (found == expected)
			continue;
		if (!bad->words++) {
			bad->address = (unsigned long)&view[i];
			bad->expected = expected;
			bad->found = found;
			bad->generation = generation;
		}
	}
}

static void check_region(struct region *r, const u64 *view,
			 struct mismatch *bad)
{
	size_t block;

	for (block = 0; block < r->blocks; block++)
		check_block(r, view, block, bad);
}

/* The share of one region in one tick. */
static void rewrite_some(struct region *r)
{
	size_t n = (rewrite_mib * BLOCKS_PER_MIB * tick_ms / NR_REGIONS + 999) / 1000;

	for (; n && r->hot; n--) {
		check_block(r, r->words, r->next, &r->bad);
		write_block(r, r->next, r->generation[r->next] + 1);
		r->rewrites++;
		r->next = (r->next + 1) % r->hot;
	}
}

static void *map(size_t size, int flags, int fd)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		ksft_exit_fail_perror("mmap");
	return p;
}

static void make_regions(void)
{
	size_t blocks = mib * BLOCKS_PER_MIB / NR_REGIONS;
	size_t block, i;

	memfd = memfd_create("xen-suspend", 0);
	if (memfd < 0 || ftruncate(memfd, blocks * BLOCK_SIZE))
		ksft_exit_fail_perror("memfd");

	for (i = 0; i < NR_REGIONS; i++) {
		struct region *r = &regions[i];
		int flags = MAP_ANONYMOUS | MAP_PRIVATE;
		int fd = -1;

		if (i == SHARED || i == MEMFD)
			flags = MAP_ANONYMOUS | MAP_SHARED;
		/* The child must know the generations of what it shares. */
		r->generation = map(blocks * sizeof(*r->generation), flags, -1);
		if (i == MEMFD) {
			flags = MAP_SHARED;
			fd = memfd;
		}
		r->words = map(blocks * BLOCK_SIZE, flags, fd);
		r->blocks = blocks;
		r->hot = i == COW ? 0 : blocks / 4;
		for (block = 0; block < blocks; block++)
			write_block(r, block, 0);
	}
}

/*
 * The child writes half of the private mapping it inherits, and so gets pages
 * of its own there; the other half it goes on sharing with its parent.  When
 * the parent closes @control nobody writes any more, and it verifies.
 */
static void __noreturn run_child(int control, int report)
{
	struct pollfd pfd = { .fd = control, .events = POLLIN };
	struct mismatch bad[NR_CHILD_CHECKS] = { };
	struct region *cow = &regions[COW];
	size_t block;

	cow->hot = cow->blocks / 2;
	for (block = 0; block < cow->hot; block++)
		write_block(cow, block, CHILD_GENERATION);
	if (write(report, "", 1) != 1)
		_exit(KSFT_FAIL);

	while (poll(&pfd, 1, tick_ms) <= 0)
		rewrite_some(cow);

	bad[CHILD_COW] = cow->bad;
	check_region(cow, cow->words, &bad[CHILD_COW]);
	check_region(&regions[SHARED], regions[SHARED].words, &bad[CHILD_SHARED]);
	check_region(&regions[MEMFD], regions[MEMFD].words, &bad[CHILD_MEMFD]);
	if (write(report, bad, sizeof(bad)) != sizeof(bad))
		_exit(KSFT_FAIL);
	_exit(KSFT_PASS);
}

/* SIGTERM may go to the whole process group: the child must outlive it. */
static pid_t start_child(int *control, int *report)
{
	int to[2], from[2];
	char ready;
	pid_t pid;

	if (pipe(to) || pipe(from))
		ksft_exit_fail_perror("pipe");
	pid = fork();
	if (pid < 0)
		ksft_exit_fail_perror("fork");
	if (!pid) {
		close(to[1]);
		close(from[0]);
		run_child(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	*control = to[1];
	*report = from[0];
	while (read(*report, &ready, 1) != 1)
		if (errno != EINTR)
			ksft_exit_fail_msg("the child did not start\n");
	return pid;
}

static void report_check(const char *what, const struct mismatch *bad)
{
	if (bad->words) {
		ksft_print_msg("wrong_words=%llu address=%#lx generation=%#x\n",
			       bad->words, bad->address, bad->generation);
		ksft_print_msg("expected=%#018llx found=%#018llx\n",
			       bad->expected, bad->found);
	}
	ksft_test_result(!bad->words, "- %s\n", what);
}

static void report_child(int report, pid_t pid)
{
	struct mismatch bad[NR_CHILD_CHECKS];
	size_t got = 0;
	int status;

	while (got < sizeof(bad)) {
		ssize_t n = read(report, (char *)bad + got, sizeof(bad) - got);

		if (n > 0)
			got += n;
		else if (!n || errno != EINTR)
			break;
	}
	waitpid(pid, &status, 0);
	if (got != sizeof(bad)) {
		ksft_print_msg("the child ended early, status=%#x\n", status);
		memset(bad, 0xff, sizeof(bad));
	}
	report_check("cow, as the child sees it", &bad[CHILD_COW]);
	report_check("shared, as the child sees it", &bad[CHILD_SHARED]);
	report_check("memfd, as the child sees it", &bad[CHILD_MEMFD]);
}

int main(int argc, char **argv)
{
	struct mismatch again = { };
	int control, report, i;
	pid_t child;

	if (options_parse(argc, argv, "[OPTION]...", options) != argc)
		options_usage(argv[0], "[OPTION]...");

	watch_signals();
	make_regions();
	child = start_child(&control, &report);
	watch_ready(seconds);
	while (!watch_over()) {
		for (i = 0; i < NR_REGIONS; i++)
			rewrite_some(&regions[i]);
		watch_sleep(tick_ms * NSEC_PER_MSEC);
	}
	close(control);

	ksft_print_header();
	ksft_set_plan(NR_REGIONS + 1 + NR_CHILD_CHECKS);
	for (i = 0; i < NR_REGIONS; i++) {
		struct region *r = &regions[i];

		ksft_print_msg("region=%s kib=%zu rewrites=%llu\n",
			       r->name, r->blocks * BLOCK_SIZE / 1024,
			       r->rewrites);
		check_region(r, r->words, &r->bad);
		report_check(r->name, &r->bad);
	}
	check_region(&regions[MEMFD],
		     map(regions[MEMFD].blocks * BLOCK_SIZE, MAP_SHARED, memfd),
		     &again);
	report_check("memfd, mapped anew", &again);
	report_child(report, child);
	ksft_finished();
}
