"""Documents to sign and send, in DOCX: templates that a district may replace, and what fills them."""
