"""The command line: data on stdout, messages on stderr; exit status 0 for success, 1 for failure, 2 for usage."""
