/*
 * peak COMMAND...: run a command and say on stderr how many KiB of memory the largest of its processes held at its
 * peak, those included that it waited for (getrusage(2): the kernel hands the maximum up with every wait). A small
 * program, because a process starts with the peak of the one that executed it. Bench only.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage used;
	int status = 0;
	pid_t pid = argc > 1 ? fork() : -1;

	if (pid == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 1;
	fprintf(stderr, "%ld\n", used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
