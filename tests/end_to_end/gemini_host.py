"""A host that speaks Google's generateContent, made from Google's own SDK: what it is sent must be of the SDK's types,
and so is what it answers. Behaviours for path_host.py."""
import json

from google.genai import types

USAGE = {"promptTokenCount": 30, "candidatesTokenCount": 4, "thoughtsTokenCount": 6, "cachedContentTokenCount": 10,
         "totalTokenCount": 40}
MEMBERS = {"contents": list[types.Content], "systemInstruction": types.Content, "tools": list[types.Tool],
           "toolConfig": types.ToolConfig, "generationConfig": types.GenerationConfig}
SIGNATURE = "c2lnbmVkIGJ5IEdvb2dsZQ=="


def checked(exchange):
    """The request's body, after it was found to be one that Google's types allow."""
    asked = exchange.body
    for name, value in asked.items():
        kind = MEMBERS[name]
        if getattr(kind, "__origin__", None) is list:
            for each in value:
                kind.__args__[0].model_validate(each)
        else:
            kind.model_validate(value)
    assert asked["contents"][0]["role"] == "user", asked
    return asked


def is_streamed(exchange):
    streamed = ":streamGenerateContent" in exchange.path
    assert exchange.path.endswith(":streamGenerateContent?alt=sse" if streamed else ":generateContent"), exchange.path
    return streamed


def reply(parts=None, finish=None, usage=None, **more):
    candidate = {"index": 0}
    if parts is not None:
        candidate["content"] = {"role": "model", "parts": parts}
    if finish:
        candidate["finishReason"] = finish
    made = {"candidates": [candidate], "modelVersion": "gemini-of-the-tests", "responseId": "resp-1"} | more
    if usage:
        made["usageMetadata"] = usage
    types.GenerateContentResponse.model_validate(made)
    return made


async def answer(exchange, pieces, finish="STOP", cut=None):
    """`pieces`: lists of parts, each an event of its own. `cut`: bytes per chunk."""
    if not is_streamed(exchange):
        return await exchange.reply(200, reply([part for piece in pieces for part in piece], finish, USAGE))
    events = [reply(piece) for piece in pieces[:-1]] + [reply(pieces[-1], finish, USAGE)]
    # As Google has it: carriage returns, and JSON for people to read.
    text = "".join("data: " + json.dumps(each, ensure_ascii=False) + "\r\n\r\n" for each in events).encode()
    await exchange.begin_stream()
    for at in range(0, len(text), cut or len(text)):
        await exchange.chunk(text[at:at + (cut or len(text))])
    await exchange.end_stream()


async def says(exchange):
    checked(exchange)
    await answer(exchange, [[{"text": "Grü"}], [{"text": "ezi, "}], [{"text": "world"}]])


async def cut(exchange):
    checked(exchange)
    await answer(exchange, [[{"text": "Grü"}], [{"text": "ezi, "}], [{"text": "world"}]], cut=1)


async def thinks(exchange):
    asked = checked(exchange)
    thinking = asked["generationConfig"]["thinkingConfig"]
    assert thinking.get("includeThoughts", thinking.get("include_thoughts")) is True, asked
    await answer(exchange, [[{"text": "Let me see. ", "thought": True}], [{"text": "Yes.", "thought": True}],
                            [{"text": "42", "thoughtSignature": SIGNATURE}]])


async def calls(exchange):
    """Calls its first tool, or tells what a tool found."""
    asked = checked(exchange)
    last = asked["contents"][-1]["parts"]
    results = [part["functionResponse"] for part in last if "functionResponse" in part]
    if results:
        made = asked["contents"][-2]["parts"]
        called = next(part for part in made if "functionCall" in part)
        assert called["thoughtSignature"], called
        assert results[0]["name"] == called["functionCall"]["name"], asked
        return await answer(exchange, [[{"text": "It is " + results[0]["response"]["output"]
                                         + " (" + called["thoughtSignature"] + ")"}]])
    name = asked["tools"][0]["functionDeclarations"][0]["name"]
    await answer(exchange, [[{"functionCall": {"name": name, "args": {"city": "Zürich"}},
                              "thoughtSignature": SIGNATURE}]])


async def sees(exchange):
    asked = checked(exchange)
    picture = next(part for part in asked["contents"][0]["parts"] if "inlineData" in part)
    await answer(exchange, [[{"text": picture["inlineData"]["mimeType"]}]])


async def blocks(exchange):
    checked(exchange)
    made = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}}
    if not is_streamed(exchange):
        return await exchange.reply(200, made)
    await exchange.begin_stream()
    await exchange.event(made)
    await exchange.end_stream()


async def malformed(exchange):
    checked(exchange)
    await answer(exchange, [[]], finish="MALFORMED_FUNCTION_CALL")


async def limited(exchange):
    checked(exchange)
    await exchange.reply(429, {"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED",
                                         "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo",
                                                      "retryDelay": "34.4s"}]}})


BEHAVIOURS = {"says": says, "cut": cut, "thinks": thinks, "calls": calls, "sees": sees, "blocks": blocks,
              "malformed": malformed, "limited": limited}
