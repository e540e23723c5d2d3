"""`completion`: completion for bash, zsh and fish, and the man pages, for an installation that does not bring them.

click completes; the scripts for bash and fish are patchwatch's own.  In bash, click's shows no descriptions and expands
`*` in what it completes; in fish, it cuts a description at its first comma, and titles have many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
)

from patchwatch.cli.main import Context, patchwatch
from patchwatch.output import print_error, print_line
from patchwatch.sanitize import line

_NAME, _VARIABLE = "patchwatch", "_PATCHWATCH_COMPLETE"

_BASH = """\
# Completion of patchwatch for bash 4.4 and newer, printed by `patchwatch completion bash`.
%(complete_func)s() {
    local type value help at room width=0
    local -a values=() helps=()
    COMPREPLY=()
    while IFS=$'\\t' read -r type value help; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                values+=("$value")
                helps+=("$help")
                (( ${#value} > width )) && width=${#value}
                ;;
        esac
    done < <(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete "$1" 2>/dev/null)
    # What describes a value is only for reading: not if there is one value, or TAB inserts one after the other.
    if (( ${#values[@]} < 2 )) || [[ ${COMP_TYPE:-9} == 37 || ${COMP_TYPE:-9} == 42 ]]; then
        COMPREPLY=("${values[@]}")
        return
    fi
    room=$(( ${COLUMNS:-80} - width - 5 ))
    for at in "${!values[@]}"; do
        if [[ -n ${helps[at]} ]] && (( room > 10 )); then
            printf -v value '%%-*s  (%%s)' "$width" "${values[at]}" "${helps[at]:0:room}"
            COMPREPLY+=("$value")
        else
            COMPREPLY+=("${values[at]}")
        fi
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_FISH = """\
# Completion of patchwatch for fish, printed by `patchwatch completion fish`.
function %(complete_func)s
    for found in (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \\
            COMP_CWORD=(commandline -t | string collect) %(prog_name)s 2>/dev/null)
        set -l parts (string split -m 1 , -- $found)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo -- $parts[2]
        end
    end
end
complete --no-files --keep-order --command %(prog_name)s --arguments '(%(complete_func)s)'
"""


class _Bash(BashComplete):
    """bash, with a description beside each value."""

    source_template: ClassVar[str] = _BASH

    def source(self) -> str:
        """Return the script; click's would run bash first to see its version."""
        return ShellComplete.source(self)

    def format_completion(self, item: CompletionItem[Any]) -> str:
        return f"{item.type}\t{item.value}\t{line(item.help or '')}"


class _Fish(FishComplete):
    """fish, with whole descriptions."""

    source_template: ClassVar[str] = _FISH


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": _Fish}

PATHS = {
    "bash": PurePosixPath("bash-completion/completions/patchwatch"),
    "zsh": PurePosixPath("zsh/site-functions/_patchwatch"),
    "fish": PurePosixPath("fish/vendor_completions.d/patchwatch.fish"),
}
"""Where each shell looks for the script, below a directory such as /usr/share."""


def script(shell: str) -> str:
    """Return the script that this shell has to read."""
    return _completion(shell).source()


def complete(asked: str) -> int:
    """Print what a script asks for, such as `bash_complete`, and return the exit status; the words are in variables."""
    shell, _, wanted = asked.partition("_")
    if shell not in _SHELLS or wanted != "complete":
        return 2
    if found := _completion(shell).complete():
        print_line(found)
    return 0


def _completion(shell: str) -> ShellComplete:
    return _SHELLS[shell](patchwatch, {}, _NAME, _VARIABLE)


def shared_files() -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the scripts and man pages that an installation brings, with their paths below its share/."""
    from patchwatch.cli.manual import pages

    for shell, path in PATHS.items():
        yield path, script(shell)
    for name, text in pages():
        yield PurePosixPath("man", "man1", name), text


@click.command("completion", short_help="Complete commands and series in your shell.")
@click.argument("shell", type=click.Choice(list(_SHELLS)), required=False)
@click.option("--install", is_flag=True, help="Write the script and the man pages to ~/.local/share instead.")
@click.pass_obj
def completion_command(context: Context, shell: str | None, install: bool) -> None:
    """Print a completion script for a shell. It completes commands, options and series, and shows their titles.

    The default is the shell in $SHELL. Packages, pipx and `make` install the scripts and the man pages under share/;
    use this command if your shell does not find them there.

    \b
    Examples:
      eval "$(patchwatch completion bash)"       # in ~/.bashrc
      eval "$(patchwatch completion zsh)"        # in ~/.zshrc, after compinit
      patchwatch completion fish | source        # in ~/.config/fish/config.fish
      patchwatch completion --install
    """
    name = shell or Path(os.environ.get("SHELL", "")).name
    if name not in _SHELLS:
        raise click.UsageError(f"name your shell: {', '.join(_SHELLS)}")
    if install:
        _install(name)
    else:
        print_line(script(name), newline=False)


def _install(shell: str) -> None:
    from patchwatch.config import user_share_directory

    share = user_share_directory()
    for path, text in shared_files():
        if path in PATHS.values() and path != PATHS[shell]:
            continue
        target = share / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print_line(f"wrote {line(str(target))}")
    if shell == "zsh":
        directory = line(str((share / PATHS["zsh"]).parent))
        print_error(f"add this to ~/.zshrc, before compinit:\n  fpath=({directory} $fpath)")
    elif shell == "bash":
        print_error("bash reads the script if the package bash-completion is installed. Start a new shell to use it.")
