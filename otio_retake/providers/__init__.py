"""One module for each retake service, and `rehearsal`, which needs none."""
