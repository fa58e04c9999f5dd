"""Follows a batch to its end. Argument 1: 'killed', the coordinator is, meanwhile; 'cut', the gateway that is followed
first is, and the other one is asked then."""

import asyncio
import os
import sys

from mcp.client.client import Client

from common import URL, rises, submit


async def follow(url, batch, progress):
    async def told(value, total, message):
        progress.append((value, total, message))
        if len(progress) == 2:
            open("following", "w").close()

    async with Client(url) as client:
        return await client.call_tool(
            "shell_status", {"batchId": batch, "stream": True}, progress_callback=told)


async def main(what):
    batch = submit(60, 0.5)
    progress = []
    if what == "cut":
        try:
            await follow(os.environ["FIRST_URL"], batch, progress)
            raise AssertionError("that gateway was killed")
        except Exception as error:  # whatever the client makes of it
            assert not isinstance(error, AssertionError), error
        async with Client(URL) as client:
            now = (await client.call_tool("shell_status", {"batchId": batch})).structured_content["batches"][0]
            assert now["completedOperations"] >= progress[-1][0] - 5, (now, progress)
        progress = []
    result = await follow(URL, batch, progress)
    rises(progress)
    event = result.structured_content["batches"][0]
    assert (event["status"], event["completedOperations"], event["failedOperations"]) == ("failed", 59, 1), event


asyncio.run(main(sys.argv[1]))
print("done")
