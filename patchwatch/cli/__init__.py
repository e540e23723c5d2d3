"""The command line: stdout is data, stderr is narration; exit 0 done, 1 something failed, 2 usage."""
