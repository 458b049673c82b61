from otio_retake.cli import main

main()
