/* sekisho-crossing-server: a role of a post, the end of a link that is connected to. src/crossing */
#include "crossing/crossing.h"

int main(void)
{
	return sk_crossing_server();
}
