"""What a browser may do on our pages: nothing but what they need; for every response, and for those with a script."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED_POLICY = CONTENT_SECURITY_POLICY + "; script-src 'self'; connect-src 'self'"
