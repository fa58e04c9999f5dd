"""The official client, 2.x: argument 1 is http or stdio, argument 2 its mode: auto (2026-07-28) or legacy."""

import asyncio
import os
import sys

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from common import STDIO, URL, drop, rises, submit


async def status(client):
    batch = submit()
    progress = []

    async def told(value, total, message):
        progress.append((value, total, message))

    result = await client.call_tool(
        "shell_status", {"batchId": batch, "stream": True}, progress_callback=told)
    rises(progress)
    assert not result.is_error, result
    assert result.structured_content["complete"] is True
    event = result.structured_content["batches"][0]
    assert (event["status"], event["completedOperations"], event["failedOperations"]) == ("failed", 27, 1)
    assert "28 of 28 finished, 1 failed" in result.content[0].text
    return batch


async def look(client, batch):
    names = [tool.name for tool in (await client.list_tools()).tools]
    assert names == ["shell_status", "batch_list", "batch_failures", "batch_logs"], names
    alias = await client.call_tool("shell:status", {"batchId": batch})
    assert alias.structured_content["complete"] is True
    listed = await client.call_tool("batch_list", {"ended": True})
    assert batch in [entry["event"]["batchId"] for entry in listed.structured_content["batches"]]
    failures = await client.call_tool("batch_failures", {"batchId": batch})
    assert failures.structured_content["failures"] == [
        {"operation": 3, "label": "3", "exitCode": 7, "message": "broken"}]
    log = await client.call_tool("batch_logs", {"batchId": batch, "operation": 3})
    assert log.structured_content["standardError"] == "broken\n"


async def faults(client, batch):
    for arguments in ({"batchId": 7}, {"batchId": "no such"}, {"batchId": "nosuch"}, {"stream": "yes"}, {"x": 1}):
        result = await client.call_tool("shell_status", arguments)
        assert result.is_error and "shell_status: " in result.content[0].text, (arguments, result)
    for call in (client.call_tool("nosuch", {}), client.read_resource("batch://nosuch"),
                 client.read_resource("file:///etc/passwd")):
        try:
            await call
            raise AssertionError("it should have been refused")
        except MCPError as error:
            assert error.error.code == -32602, error


async def resources(client, batch):
    listed = (await client.list_resources()).resources
    assert f"batch://{batch}" in [str(resource.uri) for resource in listed]
    templates = (await client.list_resource_templates()).resource_templates
    assert [template.uri_template for template in templates] == ["batch://{id}"]
    read = await client.read_resource(f"batch://{batch}")
    assert '"failedOperations":1' in read.contents[0].text


async def updates_by_listening(client):
    batch = submit(400)
    uri = f"batch://{batch}"
    async with client.listen(resource_subscriptions=[uri]) as subscription:
        async with asyncio.timeout(20):
            seen = 0
            async for event in subscription:
                assert str(event.uri) == uri, event
                seen += 1
                if seen == 2:
                    break
    drop(batch)


async def updates_by_subscribing(client, notifications):
    batch = submit(400)
    uri = f"batch://{batch}"
    await client.subscribe_resource(uri)
    async with asyncio.timeout(20):
        while len([note for note in notifications if uri in str(note)]) < 2:
            await asyncio.sleep(0.05)
    await client.unsubscribe_resource(uri)
    drop(batch)


async def cancel(client):
    batch = submit(400)
    call = asyncio.create_task(client.call_tool("shell_status", {"batchId": batch, "stream": True}))
    await asyncio.sleep(0.5)
    call.cancel()
    try:
        await call
        raise AssertionError("it was cancelled")
    except asyncio.CancelledError:
        pass
    # The connection is as good as before.
    assert not (await client.call_tool("batch_list", {})).is_error
    drop(batch)


async def main(transport, mode):
    target = URL if transport == "http" else stdio_client(
        StdioServerParameters(command=STDIO[0], args=STDIO[1:], env=dict(os.environ)))
    notifications = []

    async def received(message):
        notifications.append(message)

    async with Client(target, mode=mode, message_handler=received) as client:
        expected = "2026-07-28" if mode == "auto" else "2025-11-25"
        assert client.session.protocol_version == expected, client.session.protocol_version
        batch = await status(client)
        await look(client, batch)
        await faults(client, batch)
        await resources(client, batch)
        await cancel(client)
        if mode == "auto":
            await updates_by_listening(client)
        else:
            await updates_by_subscribing(client, notifications)


asyncio.run(main(sys.argv[1], sys.argv[2]))
print("done")
