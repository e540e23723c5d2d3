# Completion of patchwatch for fish, printed by `patchwatch completion fish`.
function _patchwatch_completion
    for found in (env _PATCHWATCH_COMPLETE=fish_complete COMP_WORDS=(commandline -cp | string collect) \
            COMP_CWORD=(commandline -t | string collect) patchwatch 2>/dev/null)
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
complete --no-files --keep-order --command patchwatch --arguments '(_patchwatch_completion)'
