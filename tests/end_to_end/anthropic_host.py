"""A host that speaks Anthropic's Messages, made from Anthropic's own SDK: what it is sent must be of the SDK's request
types, and what it answers is made of the SDK's events. Behaviours for scripted_host.py."""
import json

import pydantic
from anthropic.types import Message, RawMessageStreamEvent, message_create_params

REQUEST = pydantic.TypeAdapter(message_create_params.MessageCreateParams)
EVENT = pydantic.TypeAdapter(RawMessageStreamEvent)
USAGE = {"input_tokens": 19, "cache_creation_input_tokens": 4, "cache_read_input_tokens": 7, "output_tokens": 3}


def checked(exchange):
    """The request's body, after it was found to be one that Anthropic's types allow."""
    asked = exchange.body
    REQUEST.validate_python(asked)
    assert exchange.path == "/v1/messages", exchange.path
    assert exchange.headers["anthropic-version"] in ("2023-06-01", "2026-10-21"), exchange.headers
    assert "authorization" not in exchange.headers, "Anthropic takes its keys as x-api-key"
    return asked


def message(content, stop_reason, usage=USAGE):
    made = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": content,
            "stop_reason": stop_reason, "stop_sequence": None, "usage": usage}
    Message.model_validate(made)
    return made


async def event(exchange, data):
    EVENT.validate_python(data)
    await exchange.chunk(f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode())


async def stream(exchange, blocks, stop_reason):
    """`blocks` pairs a block as it begins with its deltas."""
    await exchange.begin_stream()
    begun = message([], None, USAGE | {"output_tokens": 1})
    await event(exchange, {"type": "message_start", "message": begun})
    await exchange.chunk(b'event: ping\ndata: {"type": "ping"}\n\n')
    for index, (block, deltas) in enumerate(blocks):
        await event(exchange, {"type": "content_block_start", "index": index, "content_block": block})
        for delta in deltas:
            await event(exchange, {"type": "content_block_delta", "index": index, "delta": delta})
        await event(exchange, {"type": "content_block_stop", "index": index})
    await event(exchange, {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None},
                           "usage": {"output_tokens": USAGE["output_tokens"]}})
    await event(exchange, {"type": "message_stop"})
    await exchange.end_stream()


def texts(*pieces):
    return [{"type": "text_delta", "text": piece} for piece in pieces]


async def says(exchange):
    if not checked(exchange).get("stream"):
        return await exchange.reply(200, message([{"type": "text", "text": "Grüezi, world"}], "end_turn"))
    await stream(exchange, [({"type": "text", "text": ""}, texts("Grü", "ezi, ", "world"))], "end_turn")


async def thinks(exchange):
    asked = checked(exchange)
    assert asked["thinking"]["type"] in ("enabled", "adaptive"), asked
    thought = {"type": "thinking", "thinking": "", "signature": ""}
    deltas = [{"type": "thinking_delta", "thinking": "Let me see. "}, {"type": "thinking_delta", "thinking": "Yes."},
              {"type": "signature_delta", "signature": "c2lnbmVk"}]
    if not asked.get("stream"):
        whole = thought | {"thinking": "Let me see. Yes.", "signature": "c2lnbmVk"}
        return await exchange.reply(200, message([whole, {"type": "text", "text": "42"}], "end_turn"))
    await stream(exchange, [(thought, deltas), ({"type": "text", "text": ""}, texts("42"))], "end_turn")


async def calls(exchange):
    """Calls its first tool, or tells what a tool found."""
    asked = checked(exchange)
    last = asked["messages"][-1]["content"]
    results = [part for part in last if isinstance(part, dict) and part.get("type") == "tool_result"]
    if results:
        found = results[0]["content"]
        told = found if isinstance(found, str) else found[0]["text"]
        return await exchange.reply(200, message([{"type": "text", "text": "It is " + told}], "end_turn"))
    call = {"type": "tool_use", "id": "toolu_1", "name": asked["tools"][0]["name"], "input": {}}
    if not asked.get("stream"):
        return await exchange.reply(200, message([call | {"input": {"city": "Zürich"}}], "tool_use"))
    pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in ('{"ci', 'ty": "Z', 'ürich"}')]
    await stream(exchange, [(call, pieces)], "tool_use")


async def breaks(exchange):
    """Fails in the midst of its answer, as Anthropic says so."""
    checked(exchange)
    await exchange.begin_stream()
    await event(exchange, {"type": "message_start", "message": message([], None, USAGE | {"output_tokens": 1})})
    await event(exchange, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    await event(exchange, {"type": "content_block_delta", "index": 0, "delta": texts("Hel")[0]})
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    await exchange.chunk(f"event: error\ndata: {json.dumps(error)}\n\n".encode())
    await exchange.end_stream()


async def overloaded(exchange):
    checked(exchange)
    await exchange.reply(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


async def no_key(exchange):
    await exchange.reply(401, {"type": "error", "error": {"type": "authentication_error",
                                                          "message": "invalid x-api-key"}})
