/* The progress bar: files, bytes, current, rate, remaining; on a terminal only. The command. */
#include "cmd/cli.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

static struct {
	bool on, shown;
	size_t files, done;
	uint64_t bytes, done_bytes;
	double started, drawn;
	char current[128];
} bar;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void cli_progress_start(size_t files, uint64_t bytes, bool quiet)
{
	bar.on = !quiet && isatty(STDERR_FILENO) && files > 0;
	bar.files = files;
	bar.bytes = bytes;
	bar.started = now();
}

static unsigned columns(void)
{
	struct winsize w;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col < 40 ? 79 : w.ws_col - 1U;
}

/* As much of a line as fits the terminal; a byte never takes more than one column. Cut before a character. */
static int fitting(const char *line)
{
	size_t n = strlen(line), max = columns();

	if (n <= max)
		return (int)n;
	while (max && ((unsigned char)line[max] & 0xC0) == 0x80)
		max--;
	return (int)max;
}

static void draw(void)
{
	static const char full[] = "####################", none[] = "....................";
	char line[512];
	double spent = now() - bar.started;
	double rate = spent > 0 ? (double)bar.done_bytes / 1e6 / spent : 0;
	double part = bar.bytes ? (double)bar.done_bytes / (double)bar.bytes
				: (double)bar.done / (double)bar.files;
	double left = part > 0.01 ? spent * (1 - part) / part : 0;
	int marks = part > 1 ? 20 : (int)(part * 20);

	snprintf(line, sizeof(line), "[%.*s%.*s] %zu/%zu  %.1f/%.1f MB  %.1f MB/s  %s %d:%02d  %s",
	    marks, full, 20 - marks, none, bar.done, bar.files, (double)bar.done_bytes / 1e6,
	    (double)bar.bytes / 1e6, rate, _("remaining"), (int)left / 60, (int)left % 60,
	    bar.current);
	fprintf(stderr, "\r\033[K%.*s", fitting(line), line);
	fflush(stderr);
	bar.shown = true;
	bar.drawn = now();
}

void cli_progress_begin(const char *current)
{
	if (!bar.on)
		return;
	sk_utf8_display(bar.current, sizeof(bar.current), sk_slice_str(current));
	if (now() - bar.drawn >= 0.1)
		draw();
}

void cli_progress_step(uint64_t bytes)
{
	bar.done++;
	bar.done_bytes += bytes;
	if (bar.on && bar.done < bar.files)
		draw();
}

void cli_progress_hide(void)
{
	if (!bar.shown)
		return;
	fprintf(stderr, "\r\033[K");
	fflush(stderr);
	bar.shown = false;
}

void cli_progress_end(void)
{
	cli_progress_hide();
	bar.on = false;
}
