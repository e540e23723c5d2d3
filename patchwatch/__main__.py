"""`patchwatch` and `python -m patchwatch`."""

import gc
import sys


def main() -> None:
    """Run the command line.

    Imports create hundreds of thousands of objects and no garbage; collecting in between would take a fifth of the
    start-up time.
    """
    gc.disable()
    if sys.argv[1:2] == ["next"]:  # a shell prompt asks for it each time, and must not wait for imports
        from patchwatch.cli.print_next import answer_stored

        if answer_stored(sys.argv[2:]):
            return
    from patchwatch.cli.main import run
    from patchwatch.output import take_over

    take_over(_report)
    gc.enable()
    gc.freeze()
    gc.set_threshold(20_000)  # rows make few circles, and 700 of them are nothing
    sys.exit(run())


def _report(error: BaseException) -> None:
    from patchwatch.crash import report

    report(error)


if __name__ == "__main__":
    main()
