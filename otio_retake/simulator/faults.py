"""What can be made to go wrong, by name: at an upload, at a submit, while a job runs, with its file.

A fault is chosen in three ways. A *rule* (``name[@service][*count]``, on the command line or through the control
address) strikes every request that it fits, or the first ``count``. A name in brackets in a *prompt* strikes requests
with that prompt: most once for each distinct request, those of jobs, files and pictures always; ``[name*2]`` and
``[name*always]`` say otherwise. A line of a *script* strikes one submit.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..errors import SettingsError

Stage = Literal["upload", "submit", "accepted", "lookup", "poll", "job", "result", "file", "media"]

SERVICES = ("ltx", "fal", "segmind", "gmi", "runware")

ONE_FAILS = "one-of-two"
"""The fault by which the last of several results fails."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. ``kind`` is the refusal that it answers with, empty where it is something else.

    ``bare`` leaves out the service's own envelope, as a gateway in front of it does. ``times`` is how often it strikes
    one prompt, None for always.
    """

    name: str
    stage: Stage
    says: str
    kind: str = ""
    bare: bool = False
    times: int | None = 1


_STATUS = {
    "429": ("rate", "too many requests, with Retry-After"),
    "500": ("server", "internal error"),
    "502": ("gateway", "bad gateway"),
    "503": ("unavailable", "service unavailable"),
    "504": ("timeout", "gateway timeout"),
}


def _table() -> Iterable[Fault]:
    yield Fault("upload-drop", "upload", "the connection is dropped")
    yield Fault("upload-413", "upload", "too large", "too-large")
    for status in ("429", "500", "503"):
        kind, says = _STATUS[status]
        yield Fault(f"upload-{status}", "upload", says, kind)

    yield Fault("drop-before-accept", "submit", "the connection is dropped; nothing was accepted")
    yield Fault("429", "submit", "too many requests, with Retry-After: 1", "rate")
    yield Fault("429-no-retry-after", "submit", "too many requests, without Retry-After", "rate-unsaid")
    yield Fault("concurrency", "submit", "too many jobs at once", "concurrency")
    yield Fault("overloaded", "submit", "the service is overloaded", "overloaded")
    yield Fault("upload-expired", "submit", "the uploaded file is no longer there", "not-uploaded")
    yield Fault("401", "submit", "the key is refused", "auth", times=None)
    yield Fault("402", "submit", "the account has no funds", "funds", times=None)
    yield Fault("403", "submit", "the account may not use the model", "permission", times=None)
    yield Fault("413", "submit", "the request is too large", "too-large", times=None)
    yield Fault("content-filtered", "submit", "refused for what it asks for", "filtered", times=None)
    for status in ("500", "502", "503", "504"):
        kind, says = _STATUS[status]
        yield Fault(status, "submit", f"{says}, in the service's shape; nothing was accepted", kind)
        yield Fault(f"{status}-bare", "submit", f"{says}, from a gateway; nothing was accepted", kind, True)
        yield Fault(f"{status}-after-accept", "accepted", f"{says}, in the service's shape; the job runs", kind)
        yield Fault(f"{status}-bare-after-accept", "accepted", f"{says}, from a gateway; the job runs", kind, True)
    yield Fault("drop-after-accept", "accepted", "the connection is dropped; the job runs")
    yield Fault("garbled", "accepted", "the answer is cut short; the job runs")
    yield Fault("slow-answer", "accepted", "the answer takes 3 s; the job runs")
    yield Fault("hang", "accepted", "there is no answer at all; the job runs")

    yield Fault("listed-late", "lookup", "the job is not listed the first time it is looked for")

    yield Fault("poll-drop", "poll", "the connection is dropped")
    yield Fault("poll-garbled", "poll", "the answer is cut short")
    yield Fault("poll-404", "poll", "the job is not known, for once", "not-found")
    for status in ("429", "500", "502", "503"):
        kind, says = _STATUS[status]
        yield Fault(f"poll-{status}", "poll", says, kind)
    yield Fault("poll-503-bare", "poll", "service unavailable, from a gateway", "unavailable", True)

    yield Fault("slow", "job", "takes 2 s and ten times the latency", times=None)
    yield Fault("job-failed", "job", "accepted, then failed, without a charge")
    yield Fault("job-failed-charged", "job", "accepted, then failed, and charged", times=None)
    yield Fault("job-filtered", "job", "accepted, then refused for what it asks for, without a charge", times=None)
    yield Fault("job-rate-limited", "job", "accepted, then failed for a rate limit, without a charge")
    yield Fault("job-cancelled", "job", "accepted, then cancelled by the service, without a charge")
    yield Fault(ONE_FAILS, "job", "of several results the last one fails", times=None)
    yield Fault("expired", "job", "done, but its record or file is gone (404)", times=None)

    yield Fault("result-503", "result", "service unavailable, for once", "unavailable")
    yield Fault("result-drop", "result", "the connection is dropped before a byte came")
    yield Fault("wrong-length", "result", "the connection is dropped half-way through the file")
    yield Fault("result-403", "result", "the link is refused", "permission", times=None)
    yield Fault("result-404", "result", "the file is gone", "not-found", times=None)

    for name, says in {
        "truncated": "the file ends half-way, and says so",
        "empty": "a file of no bytes",
        "wrong-type": "a web page in place of a movie",
        "oversized": "says that it has 5 GB, and begins to send them",
        "endless": "never ends",
        "gzip-bomb": "packed zeros that unfold to gigabytes",
        "redirect-private": "leads to an address in a private network",
        "redirect-loop": "leads to itself",
        "file-url": "the link is a file: URL",
        "private-url": "the link is in a private network",
        "other-shape": "the answer has the other shape that is known of the service",
    }.items():
        yield Fault(name, "file", says, times=None)

    for name, says in {
        "int-fps": "the rate is int(fps) of the NTSC rate: 24 comes back as 23, 30 as 29",
        "wrong-rate": "another rate, with the same frames",
        "odd": "frames are lost at the tail, so that the count is no longer 8k+1, or is for the first time",
        "section": "only the changed section comes back",
        "padded": "half a second more is changed on each side",
        "int-reading": "the window is read as int(seconds * fps)",
        "one-frame-more": "the last frame comes twice",
        "one-frame-less": "the last frame is missing",
        "shifted-picture": "the picture is one frame late; the count is right",
        "unaligned": "another picture altogether",
        "other-size": "1280x720",
        "huge-picture": "a movie that says it has 30000x20000",
        "no-audio": "no sound",
        "shifted-sound": "the sound is 100 ms late",
        "longer-sound": "the sound ends half a second after the picture",
        "colour-shifted": "darker and warmer",
    }.items():
        yield Fault(name, "media", says, times=None)


FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _table()}
"""Every fault, by its name."""

MEDIA = tuple(name for name, fault in FAULTS.items() if fault.stage == "media")
"""The faults that are ways in which a picture comes back; they are switches too."""

_OF_A_JOB: frozenset[Stage] = frozenset({"job", "file", "media"})
_WHILE_IT_RUNS: frozenset[Stage] = frozenset({"lookup", "poll", "result"})


def fault_named(name: str, where: str) -> Fault:
    """The fault called ``name``. Raises ``SettingsError`` with the nearest that there is."""
    if name in FAULTS:
        return FAULTS[name]
    near = difflib.get_close_matches(name, FAULTS, 1)
    hint = f"did you mean {near[0]}?" if near else "docs/simulator.md lists them"
    raise SettingsError(f"there is no fault called {name!r}", where=where, fix=hint)


@dataclass(slots=True)
class Countdown:
    """A fault and how often it strikes yet; None is always."""

    fault: Fault
    left: int | None
    service: str = ""
    rule: bool = False

    def use(self) -> bool:
        """Whether it strikes now."""
        if self.left is None:
            return True
        if self.left <= 0:
            return False
        self.left -= 1
        return True


_RULE = re.compile(r"([a-z0-9-]+)(?:@([a-z]+))?(?:\*(\d+|always))?")
_BRACKET = re.compile(r"\[([a-z0-9*, -]+)\]")


def parse_rule(text: str, where: str = "--fault") -> Countdown:
    """A rule as it is written: ``503``, ``503@fal``, ``503@fal*2``. Raises ``SettingsError``."""
    found = _RULE.fullmatch(text.strip().lower())
    if found is None:
        raise SettingsError(f"{text!r} is no fault", where=where, fix="write name, name@service or name@service*count")
    name, service, count = found.groups()
    if service and service not in SERVICES:
        raise SettingsError(f"there is no service {service!r}", where=where, fix=f"known are {', '.join(SERVICES)}")
    fault = fault_named(name, where)
    _check_count(text, count, where)
    return Countdown(fault, int(count) if count and count != "always" else None, service or "", rule=True)


def _check_count(text: str, count: str | None, where: str) -> None:
    """Raises ``SettingsError`` for a fault that would strike no time."""
    if count and count.isdigit() and not int(count):
        raise SettingsError(
            f"{text!r} would never strike", where=where, fix="write a count of 1 or more, or leave the fault out"
        )


def read_script(path: Path) -> list[tuple[str, list[Countdown]]]:
    """The lines of a script: a service or none, and the faults of one submit. Raises ``SettingsError``."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SettingsError(f"the script cannot be read ({reason})", where=str(path), fix="check --script") from None
    script: list[tuple[str, list[Countdown]]] = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip().lower()
        if not text:
            continue
        where = f"{path}, line {number}"
        service, colon, rest = text.partition(":")
        if colon and service not in SERVICES:
            raise SettingsError(f"there is no service {service!r}", where=where, fix=f"known: {', '.join(SERVICES)}")
        words = (rest if colon else text).replace(",", " ").split()
        faults = [_counted(word, where) for word in words if word not in ("ok", "-")]
        script.append((service if colon else "", faults))
    return script


def _counted(word: str, where: str) -> Countdown:
    """A word of a prompt or a script; a count in it replaces the fault's own."""
    name, star, count = word.partition("*")
    fault = fault_named(name, where)
    if not star:
        return Countdown(fault, fault.times)
    if not count.isdigit() and count != "always":
        raise SettingsError(f"{word!r} is no fault", where=where, fix="write name, name*2 or name*always")
    _check_count(word, count, where)
    return Countdown(fault, None if count == "always" else int(count))


def beside(prompt: str) -> str:
    """A prompt without the faults that it asks for."""
    return " ".join(_BRACKET.sub(" ", prompt).split())


def in_prompt(prompt: str) -> list[Countdown]:
    """The faults in brackets. Brackets that hold something else are text, but for a fault that is misspelt."""
    found: list[Countdown] = []
    for inside in _BRACKET.findall(prompt):
        words = inside.replace(",", " ").split()
        names = [word.partition("*")[0] for word in words]
        if any(name in FAULTS or difflib.get_close_matches(name, FAULTS, 1, 0.8) for name in names):
            found += [_counted(word, "the prompt") for word in words]
    return found


@dataclass(slots=True)
class Asked:
    """What may go wrong with one submit, in the order in which it does."""

    candidates: list[Countdown]

    def first(self, stage: Stage) -> Fault | None:
        """The fault that strikes at ``stage``; those behind it wait for the next request."""
        return next((c.fault for c in self.candidates if c.fault.stage == stage and c.use()), None)

    def for_job(self) -> dict[str, Countdown]:
        """What goes along with the job, once it was accepted."""
        kept: dict[str, Countdown] = {}
        for candidate in self.candidates:
            fault = candidate.fault
            if fault.stage in _OF_A_JOB and candidate.use():
                kept[fault.name] = Countdown(fault, None)
            elif fault.stage in _WHILE_IT_RUNS and not candidate.rule and candidate.left != 0:
                kept[fault.name] = Countdown(fault, candidate.left)
                if candidate.left is not None:
                    candidate.left = 0
        return kept


@dataclass(slots=True)
class Faults:
    """All that is set to go wrong, and how often it did."""

    rules: list[Countdown] = field(default_factory=list)
    script: list[tuple[str, list[Countdown]]] = field(default_factory=list)
    _prompts: dict[tuple[str, str], list[Countdown]] = field(default_factory=dict)

    def asked(self, service: str, prompt: str, request: str) -> Asked:
        """What may go wrong with a submit. ``request`` tells one request from another with the same prompt.

        Raises ``SettingsError`` for a fault in the prompt that is misspelt.
        """
        known = self._prompts.get((service, request))
        if known is None:
            known = self._prompts[service, request] = in_prompt(prompt)
        return Asked([*self._line(service), *known, *self._rules(service)])

    def during(self, stage: Stage, service: str, job: Mapping[str, Countdown] | None = None) -> Fault | None:
        """What goes wrong with a request that is no submit."""
        candidates = [*(job or {}).values(), *self._rules(service)]
        return next((c.fault for c in candidates if c.fault.stage == stage and c.use()), None)

    def _rules(self, service: str) -> list[Countdown]:
        return [rule for rule in self.rules if rule.service in ("", service)]

    def _line(self, service: str) -> list[Countdown]:
        for at, (name, faults) in enumerate(self.script):
            if name in ("", service):
                del self.script[at]
                return faults
        return []
