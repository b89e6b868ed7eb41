/* LibreOffice's user profile: made once per zygote, given to every job as new. Converter's jail. */
#ifndef SK_CONVERT_PROFILE_H
#define SK_CONVERT_PROFILE_H

#define SK_PROFILE "/tmp/profile"
#define SK_SETTINGS SK_PROFILE "/user/registrymodifications.xcu"

/* Write the settings a first start reads: no macros, no links that load by themselves. 0 or SK_EIO. */
int sk_profile_begin(void);
/* Take what a first start made of it into memory. 0, SK_EIO, SK_ENOMEM, SK_ELIMIT. */
int sk_profile_keep(void);
/* Write what was kept into an empty scratch. 0 or SK_EIO. */
int sk_profile_restore(void);

#endif
