"""`python -m otio_retake`."""

from otio_retake.cli import main

if __name__ == "__main__":
    main()
