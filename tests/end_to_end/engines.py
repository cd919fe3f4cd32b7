"""Inference engines as their documents describe them, for one's own pool: vLLM's /health, /metrics and /v1/models beside
chat completions. Each has an address of its own on loopback, all have one port, so that one name can stand for them."""
import http.server
import json
import threading
import time


class Engine:
    """What a test says of it holds at once: `running` and `waiting` are others' requests."""

    def __init__(self, address, port, model="qwen3"):
        self.model, self.running, self.waiting = model, 0, 0
        self.health, self.hangs, self.delay = 200, False, 0.0
        self.asked, self.looks, self.under_way = 0, 0, 0
        self.lock = threading.Lock()
        engine = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                engine.get(self)

            def do_POST(self):
                engine.post(self)

            def log_message(self, *_):
                pass

            def reply(self, status, body, kind="application/json"):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer((address, port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # who asked may be gone
        self.address, self.port = address, self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def get(self, request):
        if self.hangs:
            time.sleep(3)
        if request.path == "/health":
            self.looks += 1
            return request.reply(self.health, b"")
        if request.path == "/metrics":
            labels = f'{{engine="0",model_name="{self.model}"}}'
            return request.reply(200, "\n".join([
                "# HELP vllm:num_requests_running Number of requests in model execution batches.",
                "# TYPE vllm:num_requests_running gauge",
                f"vllm:num_requests_running{labels} {self.running + self.under_way}.0",
                "# HELP vllm:num_requests_waiting Number of requests waiting to be processed.",
                "# TYPE vllm:num_requests_waiting gauge",
                f"vllm:num_requests_waiting{labels} {self.waiting}.0",
                f"vllm:kv_cache_usage_perc{labels} {min(1, self.running / 10)}",
                f'vllm:time_to_first_token_seconds_bucket{{le="0.001",model_name="{self.model}"}} 0.0', ""]).encode(),
                "text/plain; version=0.0.4; charset=utf-8")
        if request.path == "/v1/models":
            return request.reply(200, {"object": "list", "data": [
                {"id": self.model, "object": "model", "created": 1700000000, "owned_by": "vllm", "root": self.model,
                 "max_model_len": 32768}]})
        request.reply(404, {"detail": "Not Found"})

    def post(self, request):
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        with self.lock:
            self.asked += 1
            self.under_way += 1
        try:
            time.sleep(self.delay)
            usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
            if body["model"] != self.model:
                return request.reply(404, {"error": {"message": f"The model `{body['model']}` does not exist.",
                                                     "type": "NotFoundError", "param": None, "code": 404}})
            request.reply(200, {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000,
                                "model": self.model, "usage": usage,
                                "choices": [{"index": 0, "finish_reason": "stop",
                                             "message": {"role": "assistant", "content": "Hello, " + self.address}}]})
        finally:
            with self.lock:
                self.under_way -= 1
