"""`patchwatch` and `python -m patchwatch`."""

import gc
import sys


def main() -> None:
    """Run the command line.

    Importing makes hundreds of thousands of objects and no garbage: collecting in between costs a fifth of the time
    until the first answer.
    """
    gc.disable()
    from patchwatch.cli.main import run

    gc.enable()
    gc.freeze()
    sys.exit(run())


if __name__ == "__main__":
    main()
