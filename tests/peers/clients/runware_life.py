"""The whole life of a task with runware-sdk: python runware_life.py URL FILE JSON

JSON holds the task's own ``arguments``; what came of each step is printed as JSON.
"""

import asyncio
import base64
import json
import sys
from pathlib import Path

from runware import Runware
from runware.errors import RunwareError


def problem(error: RunwareError) -> dict:
    return {"code": error.code, "message": str(error), "status": error.status_code, "parameter": error.parameter}


async def main(url: str, file: str, wanted: dict) -> dict:
    made = Runware(
        api_key="simulated-runware-key",
        transport="rest",
        http_base_url=f"{url}/runware",
        max_retries=wanted.get("retries", 0),
        retry_delay=10,
    )
    said: dict = {}
    async with made:
        content = base64.b64encode(Path(file).read_bytes()).decode()
        stored = await made.media_storage({"operation": "upload", "media": f"data:video/mp4;base64,{content}"})
        said["upload"] = stored[0]
        arguments = {"taskType": "videoInference", **wanted["arguments"]}
        arguments["inputs"] = {"video": stored[0]["mediaUUID"]}
        try:
            said["result"] = await made.run(arguments)
        except RunwareError as error:
            said["error"] = problem(error)
        token = arguments.get("taskUUID")
        if token:
            for name in ("get_response", "get_task_details"):
                try:
                    said[name] = await getattr(made, name)({"taskUUID": token})
                except RunwareError as error:
                    said[name] = problem(error)
            try:
                said["again"] = await made.run(arguments)
            except RunwareError as error:
                said["again"] = problem(error)
        said["delete"] = await made.media_storage({"operation": "delete", "media": stored[0]["mediaUUID"]})
    return said


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))))
