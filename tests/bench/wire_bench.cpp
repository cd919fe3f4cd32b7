// What the byte-level parts of the hot path cost. Build with -DISOCOST_BENCH=ON, release preset.
#include <benchmark/benchmark.h>

#include <string>

#include "gateway/http/http_gate.hpp"
#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_request.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/http/http_reply.hpp"

namespace {

const std::string head =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:8080\r\nAccept: application/json\r\n"
    "Content-Type: application/json\r\nUser-Agent: OpenAI/JS 7.57.0\r\nX-Stainless-Lang: js\r\n"
    "X-Stainless-Package-Version: 7.57.0\r\nX-Stainless-OS: Linux\r\nX-Stainless-Arch: x64\r\n"
    "X-Stainless-Runtime: node\r\nX-Stainless-Runtime-Version: v22.1.0\r\nX-Stainless-Retry-Count: 0\r\n"
    "X-Stainless-Timeout: 600\r\nAuthorization: Bearer sk-test\r\nContent-Length: 1024\r\n"
    "Connection: keep-alive\r\n\r\n";

// A body of about `size` bytes: prose with a line end every 80 characters, in messages of 2 KiB.
std::string body_of(std::size_t size) {
  std::string prose;
  while (prose.size() < std::min<std::size_t>(size - 150, 2'000)) {
    prose += "the quick brown fox jumps over the lazy dog and says so in plain words again\\n";
  }
  std::string body = R"({"model":"m","stream":true,"max_tokens":64,"temperature":0.7,"messages":[)";
  do {
    body += R"({"role":"user","content":")" + prose + "\"},";
  } while (body.size() < size - 10);
  body.back() = ']';
  return body + "}";
}

void gate(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(gateway::check_head(head));
}
BENCHMARK(gate);

void reply_head(benchmark::State& state) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/event-stream\r\n"
      "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\nX-Request-Id: 0123456789abcdef\r\n\r\n";
  for (auto _ : state) benchmark::DoNotOptimize(providers::read_reply_head(text));
}
BENCHMARK(reply_head);

void inspect(benchmark::State& state) {
  const std::string body = body_of(static_cast<std::size_t>(state.range(0)));
  providers::JsonTokens tokens;
  for (auto _ : state) benchmark::DoNotOptimize(gateway::inspect_chat(body, tokens));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(body.size()));
}
BENCHMARK(inspect)->Arg(1'024)->Arg(64 * 1'024)->Arg(1'024 * 1'024);

void splice(benchmark::State& state) {
  const std::string body = body_of(1'024);
  providers::JsonTokens tokens;
  const auto request = gateway::inspect_chat(body, tokens);
  for (auto _ : state) {
    benchmark::DoNotOptimize(gateway::UpstreamBody(*request, body, "deepseek-ai/DeepSeek-R1"));
  }
}
BENCHMARK(splice);

void classify(benchmark::State& state) {
  const std::string data =
      R"({"id":"chatcmpl-0123456789abcdef0123456789","object":"chat.completion.chunk","created":1764000000,)"
      R"("model":"deepseek-ai/DeepSeek-R1","system_fingerprint":"fp_0123456789","choices":[{"index":0,"delta":)"
      R"({"content":" token"},"logprobs":null,"finish_reason":null}],"usage":null})";
  const providers::SseEvent event{data, {}, {}, providers::SseEvent::Form::other};
  providers::JsonTokens tokens;
  for (auto _ : state) benchmark::DoNotOptimize(providers::classify(event, tokens));
}
BENCHMARK(classify);

void sse(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += "data: " + std::string(250, 'x') + "\n\n";
  for (auto _ : state) {
    providers::SseReader reader;
    reader.feed(text);
    while (auto event = reader.next()) benchmark::DoNotOptimize(event);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 64);
}
BENCHMARK(sse);

// What one event of a stream costs of which the client and the host speak the same API: it is read and passed
// on.
void event_of_the_same_api(benchmark::State& state) {
  const std::string text =
      R"(data: {"id":"chatcmpl-0123456789abcdef0123456789","object":"chat.completion.chunk","created":1764000000,)"
      R"("model":"deepseek-ai/DeepSeek-R1","system_fingerprint":"fp_0123456789","choices":[{"index":0,"delta":)"
      R"({"content":" token"},"logprobs":null,"finish_reason":null}],"usage":null})"
      "\n\n";
  providers::JsonTokens tokens;
  providers::SseReader reader;
  std::string out;
  for (auto _ : state) {
    reader.feed(text);
    while (auto event = reader.next()) {
      benchmark::DoNotOptimize(providers::classify(*event, tokens));
      out.append(event->raw);
    }
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
}
BENCHMARK(event_of_the_same_api);

class Chunks final : public providers::AnswerSink {
 public:
  explicit Chunks(gateway::ChatChunks& chunks) : chunks_(chunks) {}
  void take(const providers::AnswerEvent& event) override { chunks_.take(event); }

 private:
  gateway::ChatChunks& chunks_;
};

// And of a host of Anthropic's API: it is understood and written anew as OpenAI's chat. At most three times
// as much.
void event_of_another_api(benchmark::State& state) {
  const std::string begin =
      R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
      "\n\n";
  const std::string text =
      "event: content_block_delta\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" token"}})"
      "\n\n";
  providers::JsonTokens tokens;
  providers::AnthropicStream stream(tokens);
  std::string out;
  gateway::ChatChunks chunks({.id = "chatcmpl-0123456789", .created = 1'764'000'000, .model = "claude"}, true,
                             gateway::ThinkingShown::yes, out);
  Chunks sink(chunks);
  stream.feed(begin, sink);
  for (auto _ : state) {
    stream.feed(text, sink);
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
}
BENCHMARK(event_of_another_api);

}  // namespace

BENCHMARK_MAIN();
