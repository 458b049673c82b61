"""What differs between Resolves, or is not known of any: each a switch, its default the unkinder one.

The words after ``fact:`` name an entry of ``resolve_plugin/api_facts.json``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

from .profiles import Profile


@dataclass(frozen=True, slots=True)
class Knobs:
    """``None`` means that the version decides."""

    raise_instead: bool = False
    """Wrong arguments raise ``TypeError`` instead of a falsy answer. fact: wrong-arguments."""

    numbers: Literal["float", "int"] | None = None
    """What counts, frames and constants are. fact: numbers-as-float, numbers-int-21-1."""

    clip_marker_space: Literal["source", "item"] = "source"
    """Where a clip marker counts from: the head of the media, or the cut. fact: clip-markers-source-space."""

    mark_out: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether the frame of the out mark belongs to the range. fact: mark-out-inclusive."""

    end_inclusive: bool = False
    """``GetEnd`` is the last frame instead of one past it. fact: end-exclusive."""

    source_slip: bool = True
    """The source getters lose a frame here and there. fact: source-start-slips."""

    left_offset_mixed: Literal["timeline", "media"] = "timeline"
    """What a left offset counts where media has another rate. fact: left-offset-mixed-rate."""

    append_overlap: Literal["ghost", "slide"] = "ghost"
    """What an append onto something does. fact: append-overlap."""

    append_locked: Literal["truthy", "empty"] = "truthy"
    """What an append to a locked track answers. fact: append-locked-track."""

    selection_after_add: Literal["new", "original"] = "new"
    """Which take is seen after one was added. fact: take-selection-after-add."""

    same_media_take: bool | None = None
    """A take of the whole clip already seen is refused, yet makes a selector. fact: take-same-media-no-bounds."""

    failed_add_leaves_selector: bool = False
    """Any refused take makes a selector. fact: failed-add-may-leave-selector."""

    take_other_length: Literal["refuse", "keep_item_length", "change_item_length"] = "refuse"
    """What a take of another length does. fact: take-other-length."""

    takes_land: bool = True
    """Off: ``AddTake`` says True and does nothing. fact: take-answers-unproven."""

    select_lands: bool = True
    """Off: ``SelectTakeByIndex`` says True and does nothing. fact: take-answers-unproven."""

    delete_selected_take: Literal["refuse", "fall_back"] = "refuse"
    """Whether the take that is seen can be deleted. fact: take-delete-selected."""

    lone_take_keeps_selector: bool = True
    """What deleting down to one take leaves. fact: take-lone-selector."""

    sequence_bounds: Literal["absolute", "relative"] = "absolute"
    """Whether bounds count from the number of a sequence's first file. fact: sequence-bounds."""

    getters_need_current: bool = True
    """Some getters answer falsely off the current timeline. fact: getters-need-current."""

    take_writes_need_current: bool = True
    """Takes change on the current timeline only. fact: take-writes-need-current."""

    takes_copied: bool = True
    """A duplicated timeline has the takes. fact: duplicate-copies-takes."""

    playhead_nudge: bool = True
    """Making a timeline current moves its playhead. fact: set-current-nudges-playhead."""

    current_lands: bool = True
    """Off: ``SetCurrentTimeline`` says True and does nothing. fact: bool-is-no-proof."""

    lock_shared: bool = True
    """A track's lock is one with its duplicate's. fact: lock-shared-with-duplicate."""

    deletes_land: bool = True
    """Off: ``DeleteClips`` says True and leaves the clips. fact: delete-answers-unproven."""

    settings_stick: bool = True
    """Off: ``SetSetting`` says True and keeps the old value. fact: setting-true-not-stuck."""

    list_transitions: bool = True
    """Transitions are listed among the items of a track. fact: transitions-listed."""

    item_ids: Literal["stable", "per_proxy"] = "stable"
    """Whether a timeline item has one id. fact: item-ids-stable, item-ids-doubted."""

    rate_style: Literal["text", "text_float", "float", "int"] = "text"
    """How a rate setting is written. fact: rate-labels."""

    lost_on_save: int = 0
    """How many of the items that were appended last are gone after saving. fact: append-batch-may-vanish."""

    reimport: Literal["duplicate", "same"] = "duplicate"
    """What importing a file once more makes. fact: import-again-duplicates."""

    new_folder_current: bool = False
    """A new folder becomes the current one. fact: subfolder-becomes-current."""

    untitled_save: Literal["fail", "hang"] = "fail"
    """What saving a project that never had a name does. fact: save-untitled."""

    render_wedged: bool = False
    """Render jobs never begin. fact: render-job-wedged."""

    popup_blocks: int = 3
    """How many calls fail while the offer to buy Studio is open. fact: free-popup-blocks."""

    def for_profile(self, profile: Profile) -> Knobs:
        """The same with what the version decides filled in."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.numbers is None:
            values["numbers"] = "int" if profile.version >= (21, 1, 0) else "float"
        if self.same_media_take is None:
            values["same_media_take"] = profile.version[:2] == (19, 1)
        return Knobs(**values)
