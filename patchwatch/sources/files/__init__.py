"""Read mail from files: public-inbox directories, git epochs and bundles, mboxes, maildirs, .eml files."""
