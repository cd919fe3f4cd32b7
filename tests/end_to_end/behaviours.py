"""What scripted hosts do, by the name of the model that is asked for. False ends the connection."""
import asyncio
import json

USAGE = {"prompt_tokens": 19, "completion_tokens": 3, "total_tokens": 22}
WORDS = ["Hello", ", ", "world"]
TEXT = "".join(WORDS)
TOOL_CALL = {"id": "call_1", "type": "function",
             "function": {"name": "weather", "arguments": "{\"city\": \"Z\\u00fcrich\", \"days\": 1.50}"}}


def answer(message, model="m", finish="stop", usage=USAGE):
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": model,
            "choices": [{"index": 0, "message": {"role": "assistant"} | message, "finish_reason": finish}],
            "usage": usage}


def piece(delta, finish=None):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def usage_event(usage=USAGE):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m",
            "choices": [], "usage": usage}


async def finish_stream(exchange, finish="stop", usage=USAGE):
    await exchange.event(piece({}, finish))
    if exchange.body.get("stream_options", {}).get("include_usage"):
        await exchange.event(usage_event(usage))
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def ok(exchange):
    if not exchange.body.get("stream"):
        return await exchange.reply(200, answer({"content": TEXT}))
    await exchange.begin_stream()
    for word in WORDS:
        await exchange.event(piece({"content": word}))
    await finish_stream(exchange)


async def hasty(exchange):
    """Answers as if the connection stayed, and closes it."""
    await ok(exchange)
    return False


async def tools(exchange):
    if not exchange.body.get("stream"):
        return await exchange.reply(200, answer({"content": None, "tool_calls": [TOOL_CALL]}, finish="tool_calls"))
    await exchange.begin_stream()
    arguments = TOOL_CALL["function"]["arguments"]
    first = {"index": 0} | TOOL_CALL | {"function": {"name": "weather", "arguments": ""}}
    await exchange.event(piece({"role": "assistant", "content": None, "tool_calls": [first]}))
    for i in range(0, len(arguments), 5):
        part = {"index": 0, "function": {"arguments": arguments[i:i + 5]}}
        await exchange.event(piece({"tool_calls": [part]}))
    await finish_stream(exchange, "tool_calls")


async def endless(exchange):
    """Streams until the other side leaves."""
    gone = asyncio.create_task(exchange.client_gone())
    try:
        await exchange.begin_stream()
        number = 0
        while not gone.done():
            await exchange.event(piece({"content": f"word {number} "}))
            number += 1
            await asyncio.wait([gone], timeout=0.005)
    except ConnectionError:
        pass
    await gone
    return False


async def flood(exchange):
    """Streams as fast as the other side takes it: exchange.sent says how far it came."""
    exchange.sent = 0
    filler = "x" * 4000
    await exchange.begin_stream()
    for _ in range(50_000):
        await exchange.event(piece({"content": filler}))
        exchange.sent += len(filler)
    await finish_stream(exchange)


async def silent(exchange):
    """Never answers; sees when the other side gives up."""
    await exchange.client_gone()
    return False


async def stall_after_head(exchange):
    await exchange.begin_stream()
    await exchange.client_gone()
    return False


async def fin_at_once(exchange):
    return False


async def reset_at_once(exchange):
    exchange.reset()
    return False


async def busy_then_ok(exchange):
    """Refuses once, with a wait that is over at once, then answers."""
    if len(exchange.host.asked("busy-then-ok")) == 1:
        return await rate_limited("0")(exchange)
    return await ok(exchange)


def rate_limited(retry_after):
    async def behave(exchange):
        await exchange.reply(429, {"error": {"message": "Too many requests", "type": "rate_limit_error",
                                             "param": None, "code": "rate_limit_exceeded"}},
                             [("Retry-After", retry_after)])
    return behave


def failing(status, body=None, headers=()):
    async def behave(exchange):
        said = {"error": {"message": f"status {status} from the host", "type": "api_error", "param": None,
                          "code": None}}
        await exchange.reply(status, said if body is None else body, headers)
    return behave


def html(status):
    return failing(status, b"<html><body>gateway trouble</body></html>", [("Content-Type", "text/html")])


def raw(*pieces, then="fin"):
    """Sends bytes as they are."""
    async def behave(exchange):
        for data in pieces:
            await exchange.send(data)
        if then == "reset":
            await asyncio.sleep(0)
            exchange.reset()
        elif then == "stall":
            await exchange.client_gone()
        return False
    return behave


async def error_body_stalls(exchange):
    """Refuses, and never ends saying why."""
    await exchange.send(b"HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{\"error\":")
    await exchange.client_gone()
    return False


async def no_finish(exchange):
    """Streams as one real host does: content, usage and the mark of the end, but no finish_reason."""
    await exchange.begin_stream()
    for word in WORDS:
        await exchange.event(piece({"content": word}))
    await exchange.event(usage_event())
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def thought_all(exchange):
    """Hidden thinking used up all tokens."""
    await exchange.reply(200, answer({"content": ""}, finish="length"))


def late(seconds, then):
    async def behave(exchange):
        await asyncio.sleep(seconds)
        return await then(exchange)
    return behave


async def error_first(exchange):
    await exchange.begin_stream()
    await exchange.event({"error": {"message": "overloaded", "type": "server_error", "code": 529}})
    await exchange.end_stream()


async def empty_stream(exchange):
    await exchange.begin_stream()
    await exchange.end_stream()


async def only_done(exchange):
    await exchange.begin_stream()
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def empty_choices(exchange):
    await exchange.reply(200, answer({}) | {"choices": []})


def broken_after(words, how):
    """Streams some words well, then breaks: `how` is called with the exchange."""
    async def behave(exchange):
        await exchange.begin_stream()
        for word in words:
            await exchange.event(piece({"content": word}))
        # The other side must have read the words, or a reset would take them back.
        await asyncio.sleep(0.05)
        await how(exchange)
        return False
    return behave


async def by_reset(exchange):
    exchange.reset()


async def by_fin(exchange):
    pass


async def by_stall(exchange):
    await exchange.client_gone()


async def by_end_without_done(exchange):
    await exchange.end_stream()


async def by_error_event(exchange):
    await exchange.event({"error": {"message": "the engine stopped", "type": "server_error", "code": 500}})
    await exchange.end_stream()


def by_bytes(data):
    async def how(exchange):
        await exchange.send(data)
        await exchange.client_gone()
    return how


def by_event(text):
    async def how(exchange):
        await exchange.chunk(b"data: " + text + b"\n\n")
        await exchange.client_gone()
    return how


def in_pieces(transcript, cut):
    """A whole stream, cut in two writes at byte `cut`."""
    async def behave(exchange):
        await exchange.begin_stream()
        for part in (transcript[:cut], transcript[cut:]):
            if part:
                await exchange.chunk(part)
                await asyncio.sleep(0)
        await exchange.end_stream()
    return behave


def transcript(words=WORDS, newline="\n"):
    """The bytes of a stream, for in_pieces."""
    events = [json.dumps(piece({"content": word})) for word in words]
    events += [json.dumps(piece({}, "stop")), json.dumps(usage_event()), "[DONE]"]
    return "".join(f"data: {event}{newline}{newline}" for event in events).encode()
