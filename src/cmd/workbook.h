/* What sekisho-printer does when it is called with arguments, as no supervisor does. */
#ifndef SK_CMD_WORKBOOK_H
#define SK_CMD_WORKBOOK_H

/* The exit status. */
int workbook(int argc, char **argv);

#endif
