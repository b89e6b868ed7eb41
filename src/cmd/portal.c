/* sekisho-portal: a role of a post, what people open in their browser. src/portal */
#include "portal/portal.h"

int main(void)
{
	return sk_portal();
}
