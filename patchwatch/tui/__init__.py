"""The screens: they show rows and call the core; they decide nothing.

`app` starts them, `core` says what they need of the rest of patchwatch, `errands` does what may take time.  Everything
that mail says passes patchwatch.printable on its way to the screen and is never read as markup.
"""
