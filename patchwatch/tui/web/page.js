// textual.js, which is loaded before, makes the terminal; keys are to go there without a click.
addEventListener("load", () => document.querySelector(".xterm-helper-textarea").focus());
