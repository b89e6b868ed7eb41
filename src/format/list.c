/* The one list of format handlers. Cleaner's jail. */
#include "format/handler.h"

const struct sk_handler *const sk_handlers[] = {
    &sk_pdf_handler,
    &sk_ooxml_handler,
    &sk_odf_handler,
    &sk_image_handler,
    &sk_metafile_handler,
    &sk_svg_handler,
    &sk_heif_handler,
    &sk_html_handler,
    &sk_mhtml_handler,
    &sk_legacy_handler,
    &sk_archive_handler,
    &sk_rtf_handler,
    &sk_ichitaro_handler,
    &sk_calendar_handler,
    &sk_cad_handler,
    &sk_mail_handler,
    &sk_text_handler,
    &sk_other_handler,
    NULL,
};
