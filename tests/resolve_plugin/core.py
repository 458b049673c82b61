"""Stands for the core: takes a session up, asks for one take and one clip above, waits for the report, ends.

Run as the core is: `PYTHON -m otio_retake resolve session FOLDER`; here as a script with the same arguments.
"""

import hashlib
import json
import os
import sys
import time


def put(folder, name, value):
    with open(os.path.join(folder, name + ".part"), "w") as file:
        json.dump(value, file)
    os.replace(os.path.join(folder, name + ".part"), os.path.join(folder, name))


def wait(path):
    until = time.time() + 60
    while not os.path.exists(path):
        assert time.time() < until, path
        time.sleep(0.02)
    with open(path, "rb") as file:
        return file.read()


def take(row, track, told):
    expects = {key: row[key] for key in ("start", "duration", "left_offset", "media")}
    expects.update(track=track, takes=row["takes"]["count"], selected=row["takes"]["selected"])
    clip = {"item": row["id"], "expects": expects, "comment": "", "reel": "", "track_name": "Retakes", "enabled": False}
    return dict(clip, properties=row["properties"], copy_grade=True, **told)


def main(arguments):
    assert arguments[:4] == ["-m", "otio_retake", "resolve", "session"], arguments
    folder = arguments[4]
    assert os.path.samefile(os.getcwd(), folder)
    print("environment", sorted(os.environ))
    raw = wait(os.path.join(folder, "snapshot.rtksnap"))
    put(folder, "started.json", {"pid": os.getpid(), "at": ""})
    put(folder, "desk.json", {"link": os.path.join(folder, "link")})
    snapshot = json.loads(raw)
    row = snapshot["tracks"][0]["items"][0]
    length = row["duration"]
    movie = {"name": "rtk", "path": os.environ["RETAKE_MOVIE"], "frames": length + 24}
    whole = dict(movie, ident="a", kind="take", bounds=[12, 12 + length], record=[row["start"], length])
    region = dict(movie, ident="b", kind="above", bounds=[20, 30], record=[row["start"] + 8, 10])
    plan = {
        "otio_retake_apply": 1,
        "revision": 1,
        "snapshot": hashlib.sha256(raw).hexdigest(),
        "project": snapshot["project"]["id"],
        "timeline": snapshot["timeline"]["id"],
        "rate": snapshot["timeline"]["rate"],
        "activate": False,
        "bin": ["Retakes", snapshot["timeline"]["name"]],
        "takes": [take(row, ["video", 1], whole), take(row, ["video", 1], region)],
        "marks": [],
        "pick": {},
    }
    put(folder, "apply.rtkapply", plan)
    wait(os.path.join(folder, "applied-1.json"))
    put(folder, "ended.json", {"why": "closed"})


if __name__ == "__main__":
    main(sys.argv[1:])
