"""The screens: they show rows and call the core; they decide nothing.

`app` starts them, `core` says what they need of the rest of patchwatch, `errands` does what may take time.  Everything
that mail says passes patchwatch.sanitize on its way to the screen and is never read as markup.
"""

import os

# What a key changed is drawn at Textual's next tick: 17 ms later, unless it is told otherwise before it is imported.
os.environ.setdefault("TEXTUAL_FPS", "240")
