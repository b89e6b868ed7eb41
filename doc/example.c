/* Clean standard input to standard output: example [HELPER-FOLDER]. Build: pkg-config --cflags --libs sekisho */
#include <sekisho.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sk_engine *engine;
	struct sk_result *result;
	char *why = NULL;

	if (sk_engine_open(&engine, argc > 1 ? argv[1] : NULL, &why)) {
		fprintf(stderr, "no jail: %s\n", why ? why : "out of memory");
		free(why);
		return 2;
	}
	struct sk_request request = {
	    .input = STDIN_FILENO, .output = STDOUT_FILENO, .method = SK_REBUILD};
	if (sk_engine_clean(engine, &request, &result)) {
		sk_engine_close(engine);
		return 2;
	}
	for (size_t i = 0; i < result->ntaken; i++)
		fprintf(stderr, "%s (%u)\n", result->taken[i].sentence, result->taken[i].count);
	if (result->reason)
		fprintf(stderr, "%s: %s\n", result->reason, result->sentence);
	int verdict = result->verdict;
	sk_result_free(result);
	sk_engine_close(engine);
	return verdict;
}
