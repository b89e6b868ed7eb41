/* The canonical text of a policy: tree.h. Any process that reads a policy. */
#include "policy/tree.h"

static bool is(const struct sk_token *t, const char *text)
{
	return t->kind == SK_TOK_SIGN && sk_slice_is(t->text, text);
}

static bool touches(const struct sk_token *before, const struct sk_token *t)
{
	return is(t, ",") || is(t, "]") || is(before, "[");
}

static void put_tokens(struct sk_buf *out, const struct sk_entry *e)
{
	for (size_t i = 0; i < e->ntokens; i++) {
		if (i && !touches(&e->tokens[i - 1], &e->tokens[i]))
			sk_buf_putc(out, ' ');
		sk_buf_put_slice(out, e->tokens[i].text);
	}
}

static void put_comments(
    struct sk_buf *out, const struct sk_slice *comments, size_t n, size_t indent)
{
	for (size_t i = 0; i < n; i++) {
		if (comments[i].n)
			sk_buf_fill(out, '\t', indent);
		sk_buf_put_slice(out, comments[i]);
		sk_buf_putc(out, '\n');
	}
}

static void put_behind(struct sk_buf *out, const struct sk_entry *e)
{
	if (e->behind.n) {
		sk_buf_puts(out, "  ");
		sk_buf_put_slice(out, e->behind);
	}
	sk_buf_putc(out, '\n');
}

static void put_entry(struct sk_buf *out, const struct sk_entry *e, size_t indent)
{
	put_comments(out, e->above, e->nabove, indent);
	sk_buf_fill(out, '\t', indent);
	put_tokens(out, e);
	if (e->block)
		sk_buf_puts(out, " {");
	put_behind(out, e);
	if (!e->block)
		return;
	for (size_t i = 0; i < e->nentries; i++) {
		if (i && e->entries[i]->gap)
			sk_buf_putc(out, '\n');
		put_entry(out, e->entries[i], indent + 1);
	}
	put_comments(out, e->last, e->nlast, indent + 1);
	sk_buf_fill(out, '\t', indent);
	sk_buf_puts(out, "}\n");
}

int sk_entry_format(const struct sk_entry *e, struct sk_buf *out)
{
	put_entry(out, e, 0);
	return out->err;
}

/* An empty line where one stood, and around every block that takes several lines. */
static bool apart(const struct sk_entry *before, const struct sk_entry *e)
{
	return e->gap || before == NULL || e->block || before->block;
}

int sk_policy_format(const struct sk_source *source, struct sk_buf *out)
{
	const struct sk_entry *root = &source->root;

	put_tokens(out, root);
	put_behind(out, root);
	for (size_t i = 0; i < root->nentries; i++) {
		if (apart(i ? root->entries[i - 1] : NULL, root->entries[i]))
			sk_buf_putc(out, '\n');
		put_entry(out, root->entries[i], 0);
	}
	if (root->nlast)
		sk_buf_putc(out, '\n');
	put_comments(out, root->last, root->nlast, 0);
	return out->err;
}
