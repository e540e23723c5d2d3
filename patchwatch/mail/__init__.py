"""From raw mail to facts: what one message says about itself, read alone.

`parse` is the only way in.  Nothing here knows of other messages, of the database or of the clock; nothing here decides
which series a message belongs to.  This package is the only one that calls liblore.
"""
