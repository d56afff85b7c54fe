"""Black-box support for the end-to-end tests: raw clients, scripted origins, one proxy."""
