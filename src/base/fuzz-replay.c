/*
 * Runs a fuzz target over the files and folders named on the command line: replays seeds and findings
 * without a fuzzer. Test programs only.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static unsigned long files;

static void run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	if (f == NULL || fstat(fileno(f), &st) || st.st_size > (64 << 20)) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	size_t n = (size_t)st.st_size;
	uint8_t *data =
	    malloc(n ? n : 1); /* exact size: a read past the end is seen by the sanitizer */
	if (data == NULL || fread(data, 1, n, f) != n)
		exit(1);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	files++;
}

static void run_path(const char *path)
{
	struct dirent *e;
	DIR *d = opendir(path);

	if (d == NULL) {
		run_file(path);
		return;
	}
	while ((e = readdir(d))) {
		char sub[4096];
		if (e->d_name[0] == '.')
			continue;
		if (snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) < (int)sizeof(sub))
			run_path(sub);
	}
	closedir(d);
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("%lu files\n", files);
	return files == 0;
}
