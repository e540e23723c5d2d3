"""Where imported mail comes from: git epochs, public-inbox directories, bundles, mboxes, maildirs, single mails.

`source.open_source` looks at a path and says which it is.  Each kind hands over raw mails in batches, each with the
position that says how far it was read; a second import begins there.  What a mail means is decided elsewhere.
"""
