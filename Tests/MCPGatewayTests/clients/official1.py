"""The official client before 2.0, which speaks up to 2025-11-25: argument 1 is http or stdio."""

import asyncio
import os
import sys

from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import CallToolResult
from pydantic import AnyUrl

from common import STDIO, URL, rises, submit


async def talk(client, notifications):
    hello = await client.initialize()
    assert hello.protocolVersion == "2025-11-25" and hello.serverInfo.name == "tally", hello
    await client.send_ping()
    batch = submit()
    await client.subscribe_resource(AnyUrl(f"batch://{batch}"))
    progress = []

    async def told(value, total, message):
        progress.append((value, total, message))

    result = await client.call_tool(
        "shell_status", {"batchId": batch, "stream": True}, progress_callback=told)
    rises(progress)
    assert not result.isError and result.structuredContent["complete"] is True, result
    async with asyncio.timeout(10):
        while len([note for note in notifications if "ResourceUpdated" in str(note)]) < 2:
            await asyncio.sleep(0.05)
    await client.unsubscribe_resource(AnyUrl(f"batch://{batch}"))
    await as_task(client)
    tools = [tool.name for tool in (await client.list_tools()).tools]
    assert tools == ["shell_status", "batch_list", "batch_failures", "batch_logs"], tools
    resources = (await client.list_resources()).resources
    assert f"batch://{batch}" in [str(resource.uri) for resource in resources]
    read = await client.read_resource(AnyUrl(f"batch://{batch}"))
    assert '"failedOperations":1' in read.contents[0].text
    try:
        await client.call_tool("nosuch", {})
        raise AssertionError("it should have been refused")
    except McpError as error:
        assert error.error.code == -32602, error
    assert (await client.call_tool("shell_status", {"batchId": 7})).isError


async def as_task(client):
    """Tasks of 2025-11-25: the call is answered at once, and its result fetched later."""
    batch = submit(operations=4, seconds=0.3)
    created = await client.experimental.call_tool_as_task("shell_status", {"batchId": batch}, ttl=60_000)
    assert created.task.taskId == batch and created.task.status == "working", created
    result = await client.experimental.get_task_result(batch, CallToolResult)
    assert result.structuredContent["complete"] is True and not result.isError, result
    assert result.meta["io.modelcontextprotocol/related-task"] == {"taskId": batch}, result
    status = await client.experimental.get_task(batch)
    assert status.status == "completed" and status.lastUpdatedAt > status.createdAt, status
    async for polled in client.experimental.poll_task(batch):
        assert polled.status == "completed" and polled.pollInterval == 2000, polled
    for refused in (
        client.experimental.get_task("nosuch"),
        client.experimental.call_tool_as_task("shell_status", {"batchId": "nosuch"}),
    ):
        try:
            raise AssertionError(f"it should have been refused: {await refused}")
        except McpError as error:
            assert error.error.code == -32602 and "No such task" in error.error.message, error


async def main(transport):
    notifications = []

    async def received(message):
        notifications.append(message)

    if transport == "http":
        async with streamablehttp_client(URL) as (read, write, session):
            async with ClientSession(read, write, message_handler=received) as client:
                await talk(client, notifications)
                assert session(), "a session was given"
    else:
        parameters = StdioServerParameters(command=STDIO[0], args=STDIO[1:], env=dict(os.environ))
        async with stdio_client(parameters) as (read, write):
            async with ClientSession(read, write, message_handler=received) as client:
                await talk(client, notifications)


asyncio.run(main(sys.argv[1]))
print("done")
