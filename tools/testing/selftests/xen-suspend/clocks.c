// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do clocks go on, and never back?  A thread on each CPU samples them, and
 * compares with its own last sample and with the last one of any CPU.  The
 * largest gap between two samples tells how long the guest stood still.
 */

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "kselftest.h"
#include "options.h"
#include "watch.h"

static const struct {
	clockid_t id;
	const char *name;
} clocks[] = {
	{ CLOCK_MONOTONIC, "monotonic" },
	{ CLOCK_BOOTTIME, "boottime" },
	{ CLOCK_REALTIME, "realtime" },
};

#define NR_CLOCKS ARRAY_SIZE(clocks)

/* The latest value that any CPU has read. */
static atomic_llong latest[NR_CLOCKS];
static atomic_bool stop;

static unsigned long period_us = 1000;
static unsigned long seconds;

static const struct option_entry options[] = {
	{ .name = "period-us", .number = &period_us, .most = 1000000,
	  .help = "sleep between two samples of a CPU" },
	{ .name = "seconds", .number = &seconds, .most = 1 << 30,
	  .help = "time to watch, 0: until SIGTERM" },
	{ }
};

/* Steps back: how many were seen, and the worst of them. */
struct steps {
	u64 count;
	s64 worst;
};

struct sampler {
	pthread_t thread;
	int cpu;
	u64 samples;
	u64 astray;		/* samples taken on another CPU */
	s64 before[NR_CLOCKS];	/* its last sample */
	s64 own_gap[NR_CLOCKS];	/* between two samples of its own */
	s64 gap[NR_CLOCKS];		/* between two samples of anyone */
	struct steps own[NR_CLOCKS];
	struct steps between[NR_CLOCKS];
};

static void note_step(struct steps *steps, s64 back)
{
	steps->count++;
	if (back > steps->worst)
		steps->worst = back;
}

/*
 * The order is all that makes the comparison between CPUs sound: whoever
 * stored @seen had read the clock before, and we read it afterwards.  The
 * load acquires what the exchange released, and reading a clock waits for
 * earlier loads to finish, on every architecture that Xen runs on.
 */
static void sample(struct sampler *s, size_t c)
{
	s64 seen = atomic_load(&latest[c]);
	s64 now, last = seen;

	atomic_thread_fence(memory_order_seq_cst);
	now = watch_clock(clocks[c].id);

	if (s->before[c] && now < s->before[c])
		note_step(&s->own[c], s->before[c] - now);
	else if (now < seen)
		note_step(&s->between[c], seen - now);
	if (s->before[c] && now - s->before[c] > s->own_gap[c])
		s->own_gap[c] = now - s->before[c];
	s->before[c] = now;

	while (last < now) {
		if (!atomic_compare_exchange_weak(&latest[c], &last, now))
			continue;
		/* If @seen has aged meanwhile, there was no such gap. */
		if (last == seen && seen && now - seen > s->gap[c])
			s->gap[c] = now - seen;
		break;
	}
}

static void *run_sampler(void *arg)
{
	struct sampler *s = arg;
	size_t c;

	while (!atomic_load(&stop)) {
		for (c = 0; c < NR_CLOCKS; c++)
			sample(s, c);
		s->samples++;
		if (watch_cpu() != s->cpu)
			s->astray++;
		if (period_us)
			watch_sleep(period_us * NSEC_PER_USEC);
	}
	return NULL;
}

static void start_sampler(struct sampler *s)
{
	pthread_attr_t attr;
	cpu_set_t set;
	int error;

	CPU_ZERO(&set);
	CPU_SET(s->cpu, &set);
	pthread_attr_init(&attr);
	error = pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (!error)
		error = pthread_create(&s->thread, &attr, run_sampler, s);
	if (error)
		ksft_exit_fail_msg("no thread on CPU %d: %s\n", s->cpu,
				   strerror(error));
}

static void print_steps(const char *clock, int cpu, const char *what,
			const struct steps *steps)
{
	if (steps->count)
		ksft_print_msg("clock=%s cpu=%d step_back=%s count=%llu worst_ns=%lld\n",
			       clock, cpu, what, steps->count, steps->worst);
}

static void report_clock(const struct sampler *samplers, int count, size_t c)
{
	struct steps own = { }, between = { };
	s64 gap = 0, own_gap = 0;
	int i;

	for (i = 0; i < count; i++) {
		const struct sampler *s = &samplers[i];

		own.count += s->own[c].count;
		between.count += s->between[c].count;
		print_steps(clocks[c].name, s->cpu, "own", &s->own[c]);
		print_steps(clocks[c].name, s->cpu, "between", &s->between[c]);
		if (s->gap[c] > gap)
			gap = s->gap[c];
		if (s->own_gap[c] > own_gap)
			own_gap = s->own_gap[c];
	}
	ksft_print_msg("clock=%s gap_ms=%.3f cpu_gap_ms=%.3f\n", clocks[c].name,
		       gap / 1e6, own_gap / 1e6);
	ksft_test_result(!own.count, "- %s never steps back on a CPU\n",
			 clocks[c].name);
	ksft_test_result(!between.count, "- %s never steps back between CPUs\n",
			 clocks[c].name);
}

int main(int argc, char **argv)
{
	s64 from[NR_CLOCKS], to[NR_CLOCKS];
	struct sampler *samplers;
	int count = 0, cpu, i;
	cpu_set_t set;
	size_t c;

	if (options_parse(argc, argv, "[OPTION]...", options) != argc)
		options_usage(argv[0], "[OPTION]...");

	watch_signals();
	if (sched_getaffinity(0, sizeof(set), &set))
		ksft_exit_fail_perror("sched_getaffinity");
	samplers = calloc(CPU_COUNT(&set), sizeof(*samplers));
	if (!samplers)
		ksft_exit_fail_perror("calloc");

	for (c = 0; c < NR_CLOCKS; c++)
		from[c] = watch_clock(clocks[c].id);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		samplers[count].cpu = cpu;
		start_sampler(&samplers[count++]);
	}
	watch_ready(seconds);
	watch_wait();
	atomic_store(&stop, true);
	for (i = 0; i < count; i++)
		pthread_join(samplers[i].thread, NULL);
	for (c = 0; c < NR_CLOCKS; c++)
		to[c] = watch_clock(clocks[c].id);

	ksft_print_header();
	ksft_set_plan(2 * NR_CLOCKS);
	for (i = 0; i < count; i++)
		ksft_print_msg("cpu=%d samples=%llu astray=%llu\n",
			       samplers[i].cpu, samplers[i].samples,
			       samplers[i].astray);
	for (c = 0; c < NR_CLOCKS; c++)
		ksft_print_msg("clock=%s elapsed_ms=%.3f\n", clocks[c].name,
			       (to[c] - from[c]) / 1e6);
	for (c = 0; c < NR_CLOCKS; c++)
		report_clock(samplers, count, c);
	ksft_finished();
}
