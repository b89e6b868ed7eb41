/* Ceilings of a job's process, setrlimit(2). Every zygote. */
#include "jail/jail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define DESCRIPTORS 32       /* of a zygote: its own, a job's, and those in between */
#define VIEW_DESCRIPTORS 512 /* LibreOffice keeps files of its own open */
/* A starter may have set lower ceilings than ours; below these no honest file could be cleaned. */
#define LEAST_FILE ((rlim_t)64 << 20)
#define LEAST_MEMORY ((rlim_t)512 << 20)

/* As low as wanted, or as the starter of the program already has it: a tighter jail is one too. */
static int limit(int which, rlim_t value)
{
	struct rlimit r;

	if (getrlimit(which, &r))
		return SK_EIO;
	if (r.rlim_max == RLIM_INFINITY || value < r.rlim_max)
		r.rlim_max = value;
	r.rlim_cur = r.rlim_max;
	return setrlimit(which, &r) ? SK_EIO : 0;
}

static bool at_least(int which, rlim_t least)
{
	struct rlimit r;

	return getrlimit(which, &r) == 0 && (r.rlim_max == RLIM_INFINITY || r.rlim_max >= least);
}

int sk_jail_limits_suffice(const struct sk_view *view, const char **what)
{
	rlim_t descriptors = view ? VIEW_DESCRIPTORS : DESCRIPTORS;

	*what = "a higher limit on open files (RLIMIT_NOFILE)";
	if (!at_least(RLIMIT_NOFILE, descriptors) || limit(RLIMIT_NOFILE, descriptors))
		return SK_EIO;
	*what = "a higher limit on the size of files (RLIMIT_FSIZE)";
	if (!at_least(RLIMIT_FSIZE, LEAST_FILE))
		return SK_EIO;
	*what = "a higher limit on memory (RLIMIT_AS)";
	return at_least(RLIMIT_AS, LEAST_MEMORY) ? 0 : SK_EIO;
}

int sk_jail_ceilings(const struct sk_view *view, uint64_t memory, uint64_t output, uint32_t cpu_s)
{
	struct rlimit cpu = {cpu_s, cpu_s + 1}, now;
	rlim_t descriptors = view ? VIEW_DESCRIPTORS : SK_FD_REQUEST + 1;

	if (limit(RLIMIT_AS, (rlim_t)memory) || limit(RLIMIT_FSIZE, (rlim_t)output) ||
	    limit(RLIMIT_CORE, 0) || limit(RLIMIT_NOFILE, descriptors) ||
	    limit(RLIMIT_MEMLOCK, 0) || getrlimit(RLIMIT_CPU, &now))
		return SK_EIO;
	if (now.rlim_max < cpu.rlim_max)
		cpu = (struct rlimit){now.rlim_max, now.rlim_max};
	return setrlimit(RLIMIT_CPU, &cpu) ? SK_EIO : 0;
}

uint64_t sk_jail_mapped(void)
{
	char text[64] = {0};
	sk_autoclose int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0;
	return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}
