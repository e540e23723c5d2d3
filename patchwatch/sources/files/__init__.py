"""Mail in files: mbox, maildir, public-inbox directories and epochs."""
