/* Scans files by a clamd, for the tests against a real one: scan-probe SOCKET MILLIS FILE... Never installed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes/test-plain.h"
#include "scan/clamd.h"

int main(int argc, char **argv)
{
	static const char *const words[] = {"unknown", "clean", "found"};

	for (int i = 3; i < argc; i++) {
		int version = sk_clamd_connect(argv[1]), stream = sk_clamd_connect(argv[1]);
		int file = open(argv[i], O_RDONLY | O_CLOEXEC);
		struct sk_bytes what = plain_of(file);
		struct sk_clamd_result s;
		sk_clamd_scan(version, stream, file, &what, (int)strtol(argv[2], NULL, 10), &s);
		printf(
		    "%s|%s|%s|%lld\n", words[s.verdict], s.text, s.engine, (long long)s.signatures);
		close(version);
		close(stream);
		close(file);
	}
	return 0;
}
