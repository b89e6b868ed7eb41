/*
 * Gumbo in one thin layer: memory with a ceiling, freed whole. The library does not look at what an allocation
 * returns, so that one that fails leaves it by longjmp(); nothing else does here. Cleaner's jail.
 */
#include "format/html/tree.h"

#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CHUNK ((size_t)1 << 20)
/* A large page takes its memory in larger chunks, of pages of memory that are large where the machine has them. */
#define LARGE_PAGE ((size_t)2 << 20)
#define LARGE_CHUNK (4 * LARGE_PAGE)
#define STEP sizeof(void *) /* the strictest that anything in a tree has to be aligned to */
#define CLASSES 128         /* sizes in such steps that are used again */
#define HEAD STEP           /* the size of a block, before it */

/* What a page takes: a floor, and per byte. Cells of a table take about 25 bytes a byte, empty elements up to 70. */
#define MEMORY_FLOOR ((size_t)64 << 20)
#define MEMORY_RATIO 80

struct chunk {
	struct chunk *next;
	size_t size;
};

struct block {
	struct block *next;
};

struct sk_html_memory {
	struct chunk *chunks;
	uint8_t *at;
	size_t left, used, max;
	bool out; /* of memory of the machine, not over the ceiling */
	struct block *unused[CLASSES];
	jmp_buf jump;
};

static void fail(struct sk_html_memory *m, bool out)
{
	m->out = out;
	longjmp(m->jump, 1);
}

/* Few and large page faults, where that is known to be worth it. Without them it is only slower. */
static void *large_chunk(void)
{
	void *p = aligned_alloc(LARGE_PAGE, LARGE_CHUNK);

	if (p)
		madvise(p, LARGE_CHUNK, MADV_HUGEPAGE);
	return p;
}

static void add_chunk(struct sk_html_memory *m, size_t need)
{
	size_t usual = m->used < LARGE_CHUNK ? CHUNK : LARGE_CHUNK,
	       size = need + sizeof(struct chunk);

	if (size < usual && usual <= m->max - m->used)
		size = usual;
	if (size > m->max - m->used)
		fail(m, false);
	struct chunk *c = size == LARGE_CHUNK ? large_chunk() : malloc(size);
	if (c == NULL)
		fail(m, true);
	m->used += size;
	*c = (struct chunk){m->chunks, size};
	m->chunks = c;
	m->at = (uint8_t *)(c + 1);
	m->left = size - sizeof(*c);
}

/* A block that is not there yet, or too large to be used again. */
static __attribute__((noinline)) void *take(struct sk_html_memory *m, size_t n)
{
	if (n > m->max)
		fail(m, false);
	size_t class = (n + STEP - 1) / STEP, size = class * STEP + HEAD;
	if (size > m->left)
		add_chunk(m, size);
	uint8_t *p = m->at;
	m->at += size;
	m->left -= size;
	memcpy(p, &class, sizeof(class));
	return p + HEAD;
}

static void *allocate(void *data, size_t n)
{
	struct sk_html_memory *m = data;
	size_t class = n / STEP + (n % STEP != 0);

	if (class >= CLASSES || m->unused[class] == NULL)
		return take(m, n);
	struct block *b = m->unused[class];
	m->unused[class] = b->next;
	return b;
}

static void release(void *data, void *p)
{
	struct sk_html_memory *m = data;
	struct block *b = p;
	size_t class;

	if (p == NULL)
		return;
	memcpy(&class, (uint8_t *)p - HEAD, sizeof(class));
	if (class == 0 || class >= CLASSES)
		return;
	b->next = m->unused[class];
	m->unused[class] = b;
}

/* The part that longjmp() may leave: no automatic variable is used after it. */
static const GumboOutput *parse(struct sk_html_memory *m, struct sk_slice in)
{
	GumboOptions options = kGumboDefaultOptions;

	if (setjmp(m->jump))
		return NULL;
	options.allocator = allocate;
	options.deallocator = release;
	options.userdata = m;
	options.max_errors = 0;
	return gumbo_parse_with_options(&options, (const char *)in.p, in.n);
}

static size_t ceiling(const struct sk_job *job, size_t n)
{
	size_t most = job->limits->memory / 4 * 3, want = MEMORY_FLOOR + n * MEMORY_RATIO;

	return want < most ? want : most;
}

int sk_html_parse(struct sk_job *job, struct sk_slice in, struct sk_html_tree *tree)
{
	int rc = sk_html_scan(job, in);

	*tree = (struct sk_html_tree){0};
	if (rc)
		return rc;
	tree->memory = calloc(1, sizeof(*tree->memory));
	if (tree->memory == NULL)
		return SK_ENOMEM;
	tree->memory->max = ceiling(job, in.n);
	const GumboOutput *out = parse(tree->memory, in);
	if (out == NULL) {
		bool machine = tree->memory->out;
		sk_html_tree_free(tree);
		return machine ? SK_ENOMEM
			       : sk_job_refuse(job, SK_REASON_LIMIT_OBJECTS, "%s", "HTML elements");
	}
	tree->document = out->document;
	tree->root = out->root;
	tree->heads = sk_html_heads(in);
	return 0;
}

void sk_html_tree_free(struct sk_html_tree *tree)
{
	struct chunk *c = tree->memory ? tree->memory->chunks : NULL;

	while (c) {
		struct chunk *next = c->next;
		free(c);
		c = next;
	}
	free(tree->memory);
	*tree = (struct sk_html_tree){0};
}
