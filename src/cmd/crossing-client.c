/* sekisho-crossing-client: a role of a post, the end of a link that connects. src/crossing */
#include "crossing/crossing.h"

int main(void)
{
	return sk_crossing_client();
}
