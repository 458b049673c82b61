"""Picture filters: from the camera's picture to the canvas of a pull, and back."""

from __future__ import annotations

from fractions import Fraction

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from .facts import Picture
from .fit import Box, Fit

_UPRIGHT = {90: ["transpose=cclock"], 180: ["hflip", "vflip"], 270: ["transpose=clock"]}
_CODED = {90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"]}


class Chain:
    """A line of filters that gives one frame for each frame, or frames as they are where there is nothing to do."""

    def __init__(self, steps: list[str]) -> None:
        self._steps = steps
        self._graph: Graph | None = None
        self._source: FilterContext | None = None
        self._sink: FilterContext | None = None

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """The filtered frame; its time stamps mean nothing."""
        if not self._steps:
            return frame
        if self._graph is None:
            self._build(frame)
        assert self._source is not None
        assert self._sink is not None
        frame.pts = None
        self._source.push(frame)
        out = self._sink.pull()
        assert isinstance(out, VideoFrame)
        return out

    def _build(self, frame: VideoFrame) -> None:
        graph = Graph()
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 1000)
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


def to_source(picture: Picture, box: Box, size: tuple[int, int], pixel_format: str, gain: str = "") -> Chain:
    """From a result whose picture lies in ``box`` of ``size`` to the source's coded size, range and orientation.

    ``gain`` is a filter that corrects colour on the way, at the result's own size.
    """
    steps: list[str] = []
    if (box.x, box.y, box.width, box.height) != (0, 0, *size):
        steps.append(f"crop={box.width}:{box.height}:{box.x}:{box.y}:exact=1")
    steps += _CODED.get(picture.rotation, [])
    out = "full" if picture.colour.full_range else "limited"
    matrix = "in_color_matrix=bt709:" if picture.chroma == "rgb" else ""
    steps.append(
        f"scale={picture.width}:{picture.height}:flags=bicubic+accurate_rnd:{matrix}in_range=limited:out_range={out}"
    )
    if gain:
        steps.append(gain)
    steps.append(f"format={pixel_format}")
    return Chain(steps)
