"""fastmcp's client: argument 1 is http or stdio. What changes things is allowed here."""

import asyncio
import os
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

from common import STDIO, URL, rises


def transport(kind):
    if kind == "http":
        return StreamableHttpTransport(URL, auth=os.environ["TOKEN"])
    return StdioTransport(command=STDIO[0], args=STDIO[1:], env=dict(os.environ))


async def main(kind):
    progress = []

    async def told(value, total, message):
        progress.append((value, total, message))

    async with Client(transport(kind), progress_handler=told) as client:
        names = [tool.name for tool in await client.list_tools()]
        assert {"batch_cancel", "batch_pause", "batch_resume", "batch_retry", "batch_submit"} < set(names), names
        operations = [{"type": "sleep", "data": "1", "label": f"nap {number}"} for number in range(28)]
        submitted = await client.call_tool("batch_submit", {"label": "naps", "operations": operations})
        batch = submitted.structured_content["batchId"]
        result = await client.call_tool("shell_status", {"batchId": batch, "stream": True})
        rises(progress)
        assert result.structured_content["batches"][0]["completedOperations"] == 28
        denied = await client.call_tool(
            "batch_submit", {"operations": [{"type": "command", "data": "x"}]}, raise_on_error=False)
        assert denied.is_error and "sleep" in denied.content[0].text, denied
        again = await client.call_tool("batch_retry", {"batchId": batch}, raise_on_error=False)
        assert again.is_error, "nothing failed: there is nothing to retry"
        long = [{"type": "sleep", "data": "60"}]
        other = (await client.call_tool("batch_submit", {"operations": long})).structured_content["batchId"]
        for tool in ("batch_pause", "batch_resume", "batch_cancel"):
            await client.call_tool(tool, {"batchId": other})
        ended = await client.call_tool("shell_status", {"batchId": other, "stream": True})
        assert ended.structured_content["batches"][0]["status"] == "cancelled", ended


asyncio.run(main(sys.argv[1]))
print("done")
