"""The desk: one local page to confirm what is sent, to watch it, and to compare and pick what came back."""
