"""A host that speaks Bedrock's Converse, checked by Amazon's own SDK: what it is sent must be of botocore's shapes and
signed as botocore signs, and its frames are such as botocore reads. Behaviours for path_host.py."""
import base64
import json
import struct
import zlib

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.eventstream import EventStreamBuffer
from botocore.validate import ParamValidator

MODEL = botocore.session.get_session().get_service_model("bedrock-runtime")
USAGE = {"inputTokens": 13, "outputTokens": 5, "totalTokens": 30, "cacheReadInputTokens": 7,
         "cacheWriteInputTokens": 5, "cacheDetails": [{"ttl": "1h", "inputTokens": 2}, {"ttl": "5m", "inputTokens": 3}]}
# Amazon's own example.
KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def is_streamed(exchange):
    return exchange.path.endswith("-stream")


def checked(exchange):
    operation = MODEL.operation_model("ConverseStream" if is_streamed(exchange) else "Converse")
    report = ParamValidator().validate(exchange.body | {"modelId": "m"}, operation.input_shape)
    assert not report.has_errors(), report.generate_report()
    known = set(operation.input_shape.members)
    assert set(exchange.body) <= known, set(exchange.body) - known
    return exchange.body


def signature_of(exchange, region="us-east-1", service="bedrock", token=None):
    """The Authorization that botocore gives the same request."""
    url = f"http://{exchange.headers['host']}{exchange.path}"
    request = AWSRequest("POST", url, {"Content-Type": exchange.headers["content-type"]}, exchange.raw_body)
    request.context["timestamp"] = exchange.headers["x-amz-date"]
    request.headers["Host"] = exchange.headers["host"]
    request.headers["X-Amz-Date"] = exchange.headers["x-amz-date"]
    if token:
        request.headers["X-Amz-Security-Token"] = token
    auth = SigV4Auth(Credentials(KEY_ID, SECRET, token), service, region)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    names = auth.signed_headers(auth.headers_to_sign(request))
    return (f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={names}, "
            f"Signature={auth.signature(text, request)}")


def frame(kind, payload, message="event", name=":event-type"):
    headers = b""
    for key, value in ((name, kind), (":content-type", "application/json"), (":message-type", message)):
        headers += bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    # One that nobody knows, of another type.
    headers += bytes([4]) + b"when" + b"\x08" + struct.pack(">q", 1700000000000)
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    made = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    made += struct.pack(">I", zlib.crc32(made))
    reader = EventStreamBuffer()
    reader.add_data(made)
    assert json.loads(next(iter(reader)).payload) == payload
    return made


async def begin(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n")


def frames_of(blocks, stop):
    made = [frame("messageStart", {"role": "assistant", "p": "abc"})]
    for index, (start, deltas) in enumerate(blocks):
        if start:
            made.append(frame("contentBlockStart", {"contentBlockIndex": index, "start": start}))
        made += [frame("contentBlockDelta", {"contentBlockIndex": index, "delta": each, "p": "abcdef"})
                 for each in deltas]
        made.append(frame("contentBlockStop", {"contentBlockIndex": index}))
    made.append(frame("messageStop", {"stopReason": stop}))
    made.append(frame("metadata", {"usage": USAGE, "metrics": {"latencyMs": 12}}))
    return made


async def answer(exchange, content, blocks, stop="end_turn", cut=None):
    if not is_streamed(exchange):
        return await exchange.reply(200, {"output": {"message": {"role": "assistant", "content": content}},
                                          "stopReason": stop, "usage": USAGE, "metrics": {"latencyMs": 12}})
    data = b"".join(frames_of(blocks, stop))
    await begin(exchange)
    for at in range(0, len(data), cut or len(data)):
        await exchange.chunk(data[at:at + (cut or len(data))])
    await exchange.end_stream()


async def says(exchange, cut=None):
    checked(exchange)
    await answer(exchange, [{"text": "Grüezi, world"}], [(None, [{"text": t} for t in ("Grü", "ezi, ", "world")])],
                 cut=cut)


async def cut(exchange):
    await says(exchange, cut=1)


async def thinks(exchange):
    asked = checked(exchange)
    assert asked["additionalModelRequestFields"]["thinking"]["type"] == "enabled", asked
    await answer(exchange, [{"reasoningContent": {"reasoningText": {"text": "Let me see. Yes.", "signature": "c2ln"}}},
                            {"text": "42"}],
                 [(None, [{"reasoningContent": {"text": "Let me see. "}}, {"reasoningContent": {"text": "Yes."}},
                          {"reasoningContent": {"signature": "c2ln"}}]), (None, [{"text": "42"}])])


async def calls(exchange):
    asked = checked(exchange)
    results = [block["toolResult"] for block in asked["messages"][-1]["content"] if "toolResult" in block]
    if results:
        told = results[0]["content"][0]["text"]
        return await answer(exchange, [{"text": "It is " + told}], [(None, [{"text": "It is " + told}])])
    name = asked["toolConfig"]["tools"][0]["toolSpec"]["name"]
    call = {"toolUseId": "tooluse_1", "name": name}
    await answer(exchange, [{"toolUse": call | {"input": {"city": "Zürich"}}}],
                 [({"toolUse": call}, [{"toolUse": {"input": t}} for t in ('{"ci', 'ty": "Z', 'ürich"}')])],
                 "tool_use")


async def sees(exchange):
    asked = checked(exchange)
    image = next(block["image"] for block in asked["messages"][0]["content"] if "image" in block)
    base64.b64decode(image["source"]["bytes"], validate=True)
    await answer(exchange, [{"text": image["format"]}], [(None, [{"text": image["format"]}])])


async def limited(exchange):
    checked(exchange)
    await exchange.reply(429, {"message": "Too many requests"}, [("x-amzn-ErrorType", "ThrottlingException")])


async def breaks(exchange):
    """Fails in the midst of its answer, as Bedrock says so."""
    checked(exchange)
    await begin(exchange)
    await exchange.chunk(frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hel"}}))
    await exchange.chunk(frame("modelStreamErrorException", {"message": "The model broke", "originalStatusCode": 500},
                               "exception", ":exception-type"))
    await exchange.end_stream()


async def corrupt(exchange):
    """A frame of which one bit is wrong."""
    checked(exchange)
    data = bytearray(frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hello"}}))
    data[-8] ^= 1
    await begin(exchange)
    await exchange.chunk(bytes(data))
    await exchange.end_stream()


async def expired(exchange):
    """Refuses a signature for its time, and says its own."""
    await exchange.reply(403, {"message": "Signature expired"},
                         [("x-amzn-ErrorType", "InvalidSignatureException"), ("Date", "Sat, 02 Jan 2010 03:04:05 GMT")])


async def invokes(exchange):
    """Claude by invoke: Anthropic's body without a model, its events in frames."""
    asked = exchange.body
    assert asked["anthropic_version"] == "bedrock-2023-05-31" and "model" not in asked and "stream" not in asked, asked
    usage = {"input_tokens": 9, "output_tokens": 2}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "c", "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": usage}
    if not is_streamed(exchange) and exchange.path.endswith("/invoke"):
        return await exchange.reply(200, message | {"content": [{"type": "text", "text": "Grüezi"}],
                                                    "stop_reason": "end_turn"})
    events = [{"type": "message_start", "message": message},
              {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
              {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Grüezi"}},
              {"type": "content_block_stop", "index": 0},
              {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
               "usage": {"output_tokens": 2}}, {"type": "message_stop"}]
    await begin(exchange)
    for each in events:
        await exchange.chunk(frame("chunk", {"bytes": base64.b64encode(json.dumps(each).encode()).decode(), "p": "ab"}))
    await exchange.end_stream()


BEHAVIOURS = {"says": says, "cut": cut, "thinks": thinks, "calls": calls, "sees": sees, "limited": limited,
              "breaks": breaks, "corrupt": corrupt, "expired": expired, "invokes": invokes}
