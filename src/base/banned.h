/*
 * Functions that invite overflow, injection or silent failure become compile errors.
 * Force-included into every source of the project (src/meson.build).
 */
#ifndef SK_BASE_BANNED_H
#define SK_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SK_BANNED(f) f##_is_a_banned_function

#undef strcpy
#define strcpy(x, y) SK_BANNED(strcpy)
#undef strcat
#define strcat(x, y) SK_BANNED(strcat)
#undef strncpy
#define strncpy(x, y, n) SK_BANNED(strncpy)
#undef strncat
#define strncat(x, y, n) SK_BANNED(strncat)
#undef strtok
#define strtok(x, y) SK_BANNED(strtok)
#undef sprintf
#define sprintf(...) SK_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) SK_BANNED(vsprintf)
#undef gets
#define gets(x) SK_BANNED(gets)
#undef atoi
#define atoi(x) SK_BANNED(atoi)
#undef atol
#define atol(x) SK_BANNED(atol)
#undef atof
#define atof(x) SK_BANNED(atof)
#undef system
#define system(x) SK_BANNED(system)
#undef popen
#define popen(x, y) SK_BANNED(popen)
#undef alloca
#define alloca(x) SK_BANNED(alloca)

#endif
