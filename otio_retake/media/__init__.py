"""Reading, pulling, verifying and conforming media with PyAV. Everything here may import av and numpy."""
