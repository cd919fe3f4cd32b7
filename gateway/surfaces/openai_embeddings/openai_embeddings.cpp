#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"

#include <algorithm>
#include <array>

#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/prompt_texts.hpp"

namespace gateway {
namespace {

enum class Encoding { floats, base64 };
constexpr std::array<std::pair<std::string_view, Encoding>, 2> encodings{
    {{"float", Encoding::floats}, {"base64", Encoding::base64}}};

class EmbeddingReader final : public ClientBodyReader {
 public:
  enum class Origin { openai, google };
  EmbeddingReader(std::string_view body, providers::JsonTokens& tokens, ClientBody& request, Origin origin)
      : ClientBodyReader(body, tokens, request), origin_(origin) {}

 private:
  std::optional<bool> own_member(std::string_view name, const Path& path) override {
    if (name == "input") return read_texts(walk_, path, input_);
    if (name == "encoding_format") return walk_.choice(path, encodings, encoding_);
    if (name == "dimensions") return walk_.integer(path, 1, 1'000'000, dimensions_);
    if (name == "stream") return not_streamed(path);
    if (!is_for_router(name)) return std::nullopt;
    request_.untold.push_back(*std::ranges::find(untold_of_google, name));
    return walk_.json.skip();
  }

  bool is_for_router(std::string_view name) const override {
    return origin_ == Origin::google && std::ranges::find(untold_of_google, name) != untold_of_google.end();
  }

  bool not_streamed(const Path& path) {
    std::optional<bool> stream;
    if (!walk_.boolean(path, stream)) return false;
    return !stream.value_or(false) || walk_.wrong("invalid_value", path, "true", "false: vectors come whole");
  }

  bool is_complete(const Path& top) override {
    return input_.count > 0 ||
           walk_.wrong("missing_member", top.member("input"), "nothing", "a text to embed");
  }

  void complete() override {
    request_.prompt = estimated_tokens(input_);
    request_.max_output = config::Tokens{0};
    request_.inputs = std::move(input_.elements);
    request_.wants_base64 = encoding_ == Encoding::base64;
  }

  const Origin origin_;
  PromptTexts input_;
  std::optional<Encoding> encoding_;
  std::optional<std::int64_t> dimensions_;
};

Inspected inspected(std::string_view body, providers::JsonTokens& tokens, EmbeddingReader::Origin origin) {
  Inspected result{ClientBody()};
  if (auto fault = EmbeddingReader(body, tokens, *result, origin).read()) result = *std::move(fault);
  tokens.shrink();
  return result;
}

class OpenAiEmbeddings final : public Surface {
 public:
  config::Format format() const override { return config::Format::embeddings; }
  std::string_view route() const override { return "/v1/embeddings"; }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspected(body, tokens, EmbeddingReader::Origin::openai);
  }
  std::string_view parameter(std::string_view name) const override {
    return name == "messages" ? "input" : name;
  }
  bool writes_answers() const override { return false; }
  bool is_interchangeable() const override { return false; }
  // Never streams.
  std::string error_event(const ErrorReply&, const StreamIdentity&) const override { return {}; }
  std::string usage_event(const routing::Attempt&, const StreamIdentity&) const override { return {}; }
  std::string note_event(std::string_view, const StreamIdentity&) const override { return {}; }
};

}  // namespace

Inspected inspect_googles_embeddings(std::string_view body, providers::JsonTokens& tokens) {
  return inspected(body, tokens, EmbeddingReader::Origin::google);
}

const Surface& openai_embeddings_surface() {
  static const OpenAiEmbeddings surface;
  return surface;
}

}  // namespace gateway
