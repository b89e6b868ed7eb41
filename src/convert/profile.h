/* LibreOffice's user profile: the same settings for every job, and a folder that is new for each. Converter's jail. */
#ifndef SK_CONVERT_PROFILE_H
#define SK_CONVERT_PROFILE_H

#define SK_PROFILE "/tmp/profile"

/* Before LibreOffice loads: no macros, no links that load by themselves. 0 or SK_EIO. */
int sk_profile_begin(void);

/*
 * The folders in the scratch that LibreOffice made at its start and believes to be there: their names are kept in the zygote, and a job,
 * whose scratch is empty, makes them again. 0 or SK_EIO.
 */
int sk_folders_note(void);
int sk_folders_again(void);

#endif
