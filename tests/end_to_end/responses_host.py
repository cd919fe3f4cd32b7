"""A host that speaks OpenAI's Responses, made from OpenAI's own SDK: what it is sent must be of the SDK's request
types, and what it answers is made of the SDK's response and events. Behaviours for scripted_host.py."""
import json

import pydantic
from openai.types.responses import Response, ResponseStreamEvent, response_create_params

REQUEST = pydantic.TypeAdapter(response_create_params.ResponseCreateParams)
EVENT = pydantic.TypeAdapter(ResponseStreamEvent)
USAGE = {"input_tokens": 30, "input_tokens_details": {"cached_tokens": 7, "cache_write_tokens": 4},
         "output_tokens": 3, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 33}


def checked(exchange):
    """The request's body, after it was found to be one that OpenAI's types allow."""
    asked = exchange.body
    REQUEST.validate_python(asked)
    assert exchange.path == "/v1/responses", exchange.path
    assert exchange.headers["authorization"].startswith("Bearer "), exchange.headers
    assert asked["store"] is False, "nothing may be stored: nobody could find it again"
    return asked


def response(asked, output, status="completed", **more):
    made = {"id": "resp_of_the_host", "object": "response", "created_at": 1, "status": status, "model": asked["model"],
            "error": None, "incomplete_details": None, "instructions": asked.get("instructions"), "metadata": {},
            "output": output, "parallel_tool_calls": True, "temperature": 1.0, "top_p": 1.0,
            "tool_choice": asked.get("tool_choice", "auto"), "tools": asked.get("tools", []),
            "usage": USAGE if status in ("completed", "incomplete") else None} | more
    Response.model_validate(made)
    return made


class Events:
    """The events of one stream, numbered, each checked against the SDK's types."""

    def __init__(self, exchange, asked):
        self.exchange, self.asked, self.number, self.output = exchange, asked, 0, []

    async def send(self, type_, **members):
        data = {"type": type_, "sequence_number": self.number} | members
        EVENT.validate_python(data)
        self.number += 1
        await self.exchange.chunk(f"event: {type_}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())

    async def begin(self):
        await self.exchange.begin_stream()
        for type_ in ("response.created", "response.in_progress"):
            await self.send(type_, response=response(self.asked, [], "in_progress"))

    async def message(self, *pieces):
        at = {"output_index": len(self.output)}
        item = {"id": "msg_host", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        await self.send("response.output_item.added", item=item, **at)
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        place = at | {"item_id": "msg_host", "content_index": 0}
        await self.send("response.content_part.added", part=part, **place)
        for piece in pieces:
            await self.send("response.output_text.delta", delta=piece, logprobs=[], **place)
        text = "".join(pieces)
        await self.send("response.output_text.done", text=text, logprobs=[], **place)
        await self.send("response.content_part.done", part=part | {"text": text}, **place)
        await self.done(item | {"status": "completed", "content": [part | {"text": text}]})

    async def reasoning(self, *pieces):
        at = {"output_index": len(self.output)}
        place = at | {"item_id": "rs_host", "summary_index": 0}
        item = {"id": "rs_host", "type": "reasoning", "summary": []}
        await self.send("response.output_item.added", item=item, **at)
        await self.send("response.reasoning_summary_part.added", part={"type": "summary_text", "text": ""}, **place)
        for piece in pieces:
            await self.send("response.reasoning_summary_text.delta", delta=piece, **place)
        part = {"type": "summary_text", "text": "".join(pieces)}
        await self.send("response.reasoning_summary_text.done", text=part["text"], **place)
        await self.send("response.reasoning_summary_part.done", part=part, **place)
        await self.done(item | {"summary": [part], "encrypted_content": "ZW5jcnlwdGVk"})

    async def call(self, name, *pieces):
        at = {"output_index": len(self.output)}
        place = at | {"item_id": "fc_host"}
        item = {"id": "fc_host", "type": "function_call", "status": "in_progress", "call_id": "call_host",
                "name": name, "arguments": ""}
        await self.send("response.output_item.added", item=item, **at)
        for piece in pieces:
            await self.send("response.function_call_arguments.delta", delta=piece, **place)
        await self.send("response.function_call_arguments.done", arguments="".join(pieces), name=name, **place)
        await self.done(item | {"status": "completed", "arguments": "".join(pieces)})

    async def done(self, item):
        await self.send("response.output_item.done", item=item, output_index=len(self.output))
        self.output.append(item)

    async def end(self, status="completed", **more):
        await self.send(f"response.{status}", response=response(self.asked, self.output, status, **more))
        await self.exchange.end_stream()


def message(text):
    return {"id": "msg_host", "type": "message", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]}


async def says(exchange):
    asked = checked(exchange)
    if not asked.get("stream"):
        return await exchange.reply(200, response(asked, [message("Grüezi, world")]))
    events = Events(exchange, asked)
    await events.begin()
    await events.message("Grü", "ezi, ", "world")
    await events.end()


async def is_cut_short(exchange):
    asked = checked(exchange)
    why = {"incomplete_details": {"reason": "max_output_tokens"}}
    if not asked.get("stream"):
        return await exchange.reply(200, response(asked, [message("Grüe")], "incomplete", **why))
    events = Events(exchange, asked)
    await events.begin()
    await events.message("Grüe")
    await events.end("incomplete", **why)


async def thinks(exchange):
    asked = checked(exchange)
    assert asked["reasoning"]["effort"] == "low", asked
    thought = {"id": "rs_host", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Let me see."}],
               "encrypted_content": "ZW5jcnlwdGVk"}
    if not asked.get("stream"):
        return await exchange.reply(200, response(asked, [thought, message("42")]))
    events = Events(exchange, asked)
    await events.begin()
    await events.reasoning("Let me ", "see.")
    await events.message("42")
    await events.end()


async def calls(exchange):
    """Calls its first tool, or tells what a tool found."""
    asked = checked(exchange)
    items = asked["input"] if isinstance(asked["input"], list) else []
    found = [item for item in items if item.get("type") == "function_call_output"]
    if found:
        return await exchange.reply(200, response(asked, [message("It is " + found[0]["output"])]))
    name = asked["tools"][0]["name"]
    if not asked.get("stream"):
        call = {"id": "fc_host", "type": "function_call", "status": "completed", "call_id": "call_host", "name": name,
                "arguments": '{"city":"Zürich"}'}
        return await exchange.reply(200, response(asked, [call]))
    events = Events(exchange, asked)
    await events.begin()
    await events.call(name, '{"ci', 'ty":"Z', 'ürich"}')
    await events.end()


async def fails_at_once(exchange):
    asked = checked(exchange)
    events = Events(exchange, asked)
    await events.begin()
    await events.send("response.failed", response=response(asked, [], "failed", error={
        "code": "server_error", "message": "The model fell over."}))
    await exchange.end_stream()


async def fails_in_the_midst(exchange):
    asked = checked(exchange)
    events = Events(exchange, asked)
    await events.begin()
    await events.message("Half a ")
    await events.send("response.failed", response=response(asked, [], "failed", error={
        "code": "rate_limit_exceeded", "message": "Too much."}))
    await exchange.end_stream()


async def is_busy(exchange):
    checked(exchange)
    await exchange.reply(503, {"error": {"message": "Busy", "type": "server_error", "param": None, "code": None}})


async def refuses(exchange):
    checked(exchange)
    await exchange.reply(400, {"error": {"message": "No such voice.", "type": "invalid_request_error",
                                         "param": "text.voice", "code": "unsupported_value"}})
