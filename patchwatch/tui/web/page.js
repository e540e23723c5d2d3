// textual.js, loaded before, creates the terminal.  Focus it, so that keys work without a click.
addEventListener("load", () => document.querySelector(".xterm-helper-textarea").focus());
