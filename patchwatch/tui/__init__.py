"""The TUI: it shows rows and calls the tracker.

`app` starts it, `base.api` defines what it needs of the rest of patchwatch, and `base.jobs` runs what may take time.
Text from mail passes patchwatch.sanitize on its way to the screen and is never parsed as markup.
"""

import os

# Textual draws the effect of a key at its next tick, by default 17 ms later.  It reads this when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "240")
