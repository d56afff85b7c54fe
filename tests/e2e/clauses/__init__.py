"""The clauses of RFC 9110 and RFC 9112 that a reverse proxy must meet, R-01 to R-43, by subject."""
