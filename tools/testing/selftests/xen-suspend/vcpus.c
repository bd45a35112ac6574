// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is every CPU back?  Those that were online when the watch began must be so
 * when it ends, compute what they ought to, and take their own timer's
 * interrupts.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"
#include "options.h"
#include "watch.h"

#define WORK_MS		200
#define PATIENCE_S	10

static unsigned long seconds;

static const struct option_entry options[] = {
	{ .name = "seconds", .number = &seconds, .most = 1 << 30,
	  .help = "time to watch, 0: until SIGTERM" },
	{ }
};

/* Reads a list like 0-3,5 into @set. */
static void read_online(cpu_set_t *set)
{
	FILE *file = fopen("/sys/devices/system/cpu/online", "r");
	unsigned int first, last;
	int c;

	CPU_ZERO(set);
	if (!file)
		ksft_exit_fail_perror("/sys/devices/system/cpu/online");
	while (fscanf(file, "%u", &first) == 1) {
		last = first;
		c = fgetc(file);
		if (c == '-' && fscanf(file, "%u", &last) == 1)
			c = fgetc(file);
		for (; first <= last && first < CPU_SETSIZE; first++)
			CPU_SET(first, set);
		if (c != ',')
			break;
	}
	fclose(file);
}

/* Which column of /proc/interrupts is @cpu's? The first line tells. */
static int find_column(char *line, int cpu)
{
	char *word, *save;
	int column = 0, number;

	for (word = strtok_r(line, "\n ", &save); word;
	     word = strtok_r(NULL, "\n ", &save), column++)
		if (sscanf(word, "CPU%d", &number) == 1 && number == cpu)
			return column;
	return -1;
}

/* The count in @column of a line of /proc/interrupts, past its label. */
static u64 read_column(const char *line, int column)
{
	const char *at = strchr(line, ':');
	u64 count = 0;
	char *end;

	if (!at)
		return 0;
	for (at++; column >= 0; column--) {
		count = strtoull(at, &end, 10);
		if (end == at)
			return 0;
		at = end;
	}
	return count;
}

/*
 * Timer interrupts that @cpu has taken: the local APIC's, or those of an event
 * channel or an interrupt whose name has "timer" in it.
 */
static u64 timer_interrupts(int cpu)
{
	FILE *file = fopen("/proc/interrupts", "r");
	u64 count = 0;
	char *line = NULL;
	size_t size = 0;
	int column = -1;

	if (!file)
		ksft_exit_fail_perror("/proc/interrupts");
	if (getline(&line, &size, file) > 0)
		column = find_column(line, cpu);
	while (column >= 0 && getline(&line, &size, file) > 0)
		if (strstr(line, "LOC:") || strstr(line, "timer"))
			count += read_column(line, column);
	free(line);
	fclose(file);
	return count;
}

struct worker {
	pthread_t thread;
	atomic_bool done;
	int cpu;
	int ran_on;
	u64 rounds;
	u64 wrong;
	u64 interrupts;
};

/* Some arithmetic of both kinds, whose result is always the same. */
static u64 compute(void)
{
	u64 x = 1, sum = 0;
	double y = 0.5;
	int i;

	for (i = 0; i < 100000; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		y = 3.75 * y * (1.0 - y);
		sum ^= x + (u64)(y * (1ULL << 52));
	}
	return sum;
}

static u64 right_result;

/* It is busy all the time, so the tick has no reason to stop. */
static void *work(void *arg)
{
	struct worker *w = arg;
	u64 before;
	s64 until;

	w->ran_on = watch_cpu();
	before = timer_interrupts(w->cpu);
	until = watch_clock(CLOCK_MONOTONIC) + WORK_MS * NSEC_PER_MSEC;
	do {
		if (compute() != right_result)
			w->wrong++;
		w->rounds++;
	} while (watch_clock(CLOCK_MONOTONIC) < until);
	w->interrupts = timer_interrupts(w->cpu) - before;
	if (watch_cpu() != w->cpu)
		w->ran_on = watch_cpu();
	atomic_store(&w->done, true);
	return NULL;
}

/* Returns 0 if the work is done, whatever came of it, or a negative errno. */
static int work_on(struct worker *w)
{
	s64 until = watch_clock(CLOCK_MONOTONIC) + PATIENCE_S * NSEC_PER_SEC;
	pthread_attr_t attr;
	cpu_set_t set;
	int error;

	CPU_ZERO(&set);
	CPU_SET(w->cpu, &set);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	error = pthread_create(&w->thread, &attr, work, w);
	if (error)
		return -error;
	while (!atomic_load(&w->done)) {
		if (watch_clock(CLOCK_MONOTONIC) > until)
			return -ETIMEDOUT;
		watch_sleep(NSEC_PER_MSEC);
	}
	return -pthread_join(w->thread, NULL);
}

static void test_cpu(int cpu)
{
	/* Never freed: a thread on a dead CPU may still look at it. */
	struct worker *w = calloc(1, sizeof(*w));
	int error;

	if (!w)
		ksft_exit_fail_perror("calloc");
	w->cpu = cpu;
	w->ran_on = -1;
	error = work_on(w);
	if (error) {
		ksft_print_msg("cpu=%d error=%d %s\n", cpu, -error,
			       strerror(-error));
		ksft_test_result_fail("- CPU %d runs and computes right\n", cpu);
		ksft_test_result_fail("- CPU %d takes timer interrupts\n", cpu);
		return;
	}
	ksft_print_msg("cpu=%d ran_on=%d rounds=%llu wrong=%llu timer_interrupts=%llu\n",
		       cpu, w->ran_on, w->rounds, w->wrong, w->interrupts);
	ksft_test_result(!w->wrong && w->ran_on == cpu,
			 "- CPU %d runs and computes right\n", cpu);
	if (!timer_interrupts(cpu))
		ksft_test_result_skip("- CPU %d: /proc/interrupts has no timer\n",
				      cpu);
	else
		ksft_test_result(w->interrupts,
				 "- CPU %d takes timer interrupts\n", cpu);
}

int main(int argc, char **argv)
{
	cpu_set_t before, after, both, allowed;
	int cpu;

	if (options_parse(argc, argv, "[OPTION]...", options) != argc)
		options_usage(argv[0], "[OPTION]...");

	watch_signals();
	right_result = compute();
	read_online(&before);
	watch_ready(seconds);
	watch_wait();
	read_online(&after);

	/* A cpuset may keep us from some, which is no fault of theirs. */
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		ksft_exit_fail_perror("sched_getaffinity");
	CPU_AND(&both, &before, &allowed);

	ksft_print_header();
	ksft_set_plan(1 + 2 * CPU_COUNT(&both));
	ksft_print_msg("online_before=%d online_after=%d allowed=%d\n",
		       CPU_COUNT(&before), CPU_COUNT(&after),
		       CPU_COUNT(&both));
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &before) != CPU_ISSET(cpu, &after))
			ksft_print_msg("cpu=%d online_before=%d online_after=%d\n",
				       cpu, !!CPU_ISSET(cpu, &before),
				       !!CPU_ISSET(cpu, &after));
	ksft_test_result(CPU_EQUAL(&before, &after),
			 "- the same CPUs are online as before\n");
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &both))
			test_cpu(cpu);
	ksft_finished();
}
