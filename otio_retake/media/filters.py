"""Picture filters: from the camera's picture to the canvas of a pull, and back."""

from __future__ import annotations

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from .facts import Picture
from .fit import Box, Fit

_UPRIGHT = {90: ["transpose=cclock"], 180: ["hflip", "vflip"], 270: ["transpose=clock"]}
_CODED = {90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"]}


_UNSAID = 2
"""What H.273 writes for a tag that says nothing."""

_KNOWN = (1, _UNSAID, 4, 5, 6, 7, 9)
"""The Y'CbCr matrices of H.273 that FFmpeg's scaler knows."""


class Chain:
    """A line of filters that gives one frame for each frame, or frames as they are where there is nothing to do."""

    def __init__(self, steps: list[str]) -> None:
        self._steps = steps
        self._graph: Graph | None = None
        self._source: FilterContext | None = None
        self._sink: FilterContext | None = None
        self._matrix = self._range = 0
        self._tags = any(step.startswith("setparams") for step in steps)
        """Whether the line says itself what its frames are tagged with; otherwise their own tags go on."""

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """The filtered frame; its time stamps mean nothing."""
        out = self.feed(frame)
        assert out is not None, "a filter of this line keeps frames back"
        return out

    def feed(self, frame: VideoFrame) -> VideoFrame | None:
        """The next filtered frame; None where a filter waits for another one first."""
        if not self._steps:
            return frame
        if self._graph is None:
            self._build(frame)
        assert self._source is not None
        assert self._sink is not None
        frame.pts = None
        primaries, transfer = frame.color_primaries, frame.color_trc
        frame.colorspace, frame.color_range = self._matrix, self._range
        # The scaler refuses tags that it cannot convert from, log among them, though nothing is to be converted.
        frame.color_primaries = frame.color_trc = _UNSAID
        self._source.push(frame)
        try:
            out = self._sink.pull()
        except BlockingIOError:
            return None
        assert isinstance(out, VideoFrame)
        if not self._tags:
            out.color_primaries, out.color_trc = primaries, transfer
        return out

    def _build(self, frame: VideoFrame) -> None:
        graph = Graph()
        # `Graph.add_buffer` cannot say the matrix, and FFmpeg takes what is not said for BT.601: every filter that
        # scales would silently convert Rec.709 pictures. So the source is described in full.
        self._matrix, self._range = _matrix_of(frame), int(frame.color_range)
        source = graph.add(
            "buffer",
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1000"
            f":colorspace={self._matrix}:range={self._range}",
        )
        last = source
        for step in self._steps:
            name, _, arguments = step.partition("=")
            context = graph.add(name, arguments or None)
            last.link_to(context)
            last = context
        sink = graph.add("buffersink")
        last.link_to(sink)
        graph.configure()
        self._graph, self._source, self._sink = graph, source, sink


def _matrix_of(frame: VideoFrame) -> int:
    """The matrix of a frame as a filter takes it. One that none knows is as good as BT.709: it is the same going out.

    ProRes stores it in its frames, and writers put 0, which is RGB, for what its table does not hold.
    """
    matrix = int(frame.colorspace)
    return matrix if frame.format.is_rgb or matrix in _KNOWN else 1


def to_canvas(picture: Picture, place: Fit) -> Chain:
    """Upright, square-pixel, legal-range 8-bit 4:2:0 on the canvas; bars are black.

    Y'CbCr keeps its matrix (a pull is tagged 709 whatever passes through it); RGB becomes 709.
    """
    full = picture.colour.full_range
    turned = _UPRIGHT.get(picture.rotation, [])
    same_size = (picture.width, picture.height) == (place.width, place.height) and not turned
    if same_size and picture.pixel_format == "yuv420p" and not full:
        return Chain([])
    box = place.box
    ranges = "in_range=full:out_range=limited" if full else "in_range=limited:out_range=limited"
    if picture.chroma == "rgb":
        ranges = "out_color_matrix=bt709:out_range=limited"
    steps = [*turned, f"scale={box.width}:{box.height}:flags=bicubic+accurate_rnd:{ranges}", "format=yuv420p"]
    if place.bars:
        steps.append(f"pad={place.width}:{place.height}:{box.x}:{box.y}:color=black")
    return Chain(steps)


def to_source(
    picture: Picture,
    box: Box,
    came: tuple[int, int],
    size: tuple[int, int],
    pixel_format: str,
    *,
    full: bool,
    correct: str,
) -> Chain:
    """From a result of ``came`` pixels, whose picture lies in ``box``, to a take of ``size``, as the source is coded.

    ``full`` is whether the take is in full range; ``correct`` is a filter that undoes a colour shift.
    """
    steps: list[str] = []
    if (box.x, box.y, box.width, box.height) != (0, 0, *came):
        steps.append(f"crop={box.width}:{box.height}:{box.x}:{box.y}:exact=1")
    if correct:
        # In ten bits, so that undoing a shift does not band.
        steps += ["format=yuv420p10le", correct]
    steps += _CODED.get(picture.rotation, [])
    matrix = "in_color_matrix=bt709:" if picture.chroma == "rgb" else ""
    ranges = f"in_range=limited:out_range={'full' if full else 'limited'}"
    steps.append(f"scale={size[0]}:{size[1]}:flags=bicubic+accurate_rnd:{matrix}{ranges}")
    steps.append(f"format={pixel_format}")
    # Some encoders write a frame's own tags: those of the result would stand in the middle of the source's.
    tags = picture.colour
    matrix_tag = 1 if picture.chroma == "rgb" else tags.matrix
    steps.append(
        f"setparams=range={2 if full else 1}:color_primaries={tags.primaries}"
        f":color_trc={tags.transfer}:colorspace={matrix_tag}"
    )
    return Chain(steps)


def to_take(picture: Picture, size: tuple[int, int], pixel_format: str, *, full: bool) -> Chain:
    """From the source's own frames to those of a take: its pixel format, and its size where that is another."""
    same_range = picture.colour.full_range == full or picture.chroma == "rgb"
    if (picture.width, picture.height) == size and same_range:
        return Chain([] if picture.pixel_format == pixel_format else [f"format={pixel_format}"])
    ranges = f"in_range={'full' if picture.colour.full_range else 'limited'}:out_range={'full' if full else 'limited'}"
    return Chain([f"scale={size[0]}:{size[1]}:flags=bicubic+accurate_rnd:{ranges}", f"format={pixel_format}"])


def undo_shift(gains: tuple[float, float, float], offsets: tuple[float, float, float]) -> str:
    """A ``lutyuv`` that maps ten-bit values v of Y, Cb, Cr to gain * v + offset; offsets are in eight-bit codes."""
    parts = (
        f"{name}=clip({g:.6f}*val+{4 * o:.4f}\\,0\\,1023)" for name, g, o in zip("yuv", gains, offsets, strict=True)
    )
    return f"lutyuv={':'.join(parts)}"
