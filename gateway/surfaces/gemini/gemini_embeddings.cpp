#include "gateway/surfaces/gemini/gemini_embeddings.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surfaces/gemini/gemini_errors.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

enum class Asked { one, batch };

const json::value* member(const json::object& object, std::string_view camel, std::string_view snake) {
  const json::value* found = object.if_contains(camel);
  return found ? found : object.if_contains(snake);
}

ErrorReply refusal(std::string param, std::string message) {
  return {.status = 400,
          .type = "invalid_request_error",
          .code = "invalid_value",
          .message = "`" + param + "` " + std::move(message),
          .param = param,
          .metadata = {},
          .should_retry = ShouldRetry::no};
}

// A call in OpenAI's words.
class Rewriting {
 public:
  void carry(const json::object& call) {
    for (const auto& [name, said] : call) {
      if (name == "user" || ClientBodyReader::is_routers(name)) carried_[name] = said;
    }
  }

  std::optional<ErrorReply> take(const json::object& request, const std::string& path,
                                 std::string_view model) {
    const json::value* const named = request.if_contains("model");
    if (named && named->is_string() && !is_same(named->get_string(), model)) {
      return refusal(path + "model", "is another one than the path's");
    }
    const json::value* const content = request.if_contains("content");
    if (!content) return refusal(path + "content", "is missing");
    auto text = text_of(*content);
    if (!text) return refusal(path + "content", "must be a text, or an object whose `parts` are texts");
    texts_.emplace_back(std::move(*text));
    note_untold(request);
    const json::value* const wanted = member(request, "outputDimensionality", "output_dimensionality");
    if (!wanted || wanted->is_null()) return std::nullopt;
    if (!wanted->is_int64() || (dimensions_ && *dimensions_ != wanted->get_int64())) {
      return refusal(path + "outputDimensionality", "must be one whole number for all texts");
    }
    dimensions_ = wanted->get_int64();
    return std::nullopt;
  }

  std::string body(std::string_view model) const {
    json::object body{{"model", model}, {"input", texts_}, {"encoding_format", "float"}};
    if (dimensions_) body["dimensions"] = *dimensions_;
    for (const auto& [name, said] : carried_) body[name] = said;
    return json::serialize(body);
  }

 private:
  static bool is_same(std::string_view named, std::string_view model) {
    constexpr std::string_view folder = "models/";
    if (named.starts_with(folder)) named.remove_prefix(folder.size());
    return named == model;
  }

  // The client is told that its host was not.
  void note_untold(const json::object& request) {
    constexpr std::array<std::string_view, 3> snake{"task_type", "title", "auto_truncate"};
    for (std::size_t i = 0; i < snake.size(); ++i) {
      const json::value* const said = member(request, untold_of_google[i], snake[i]);
      if (said && !said->is_null()) carried_[untold_of_google[i]] = true;
    }
  }

  // What it says altogether is embedded.
  static std::optional<std::string> text_of(const json::value& content) {
    if (content.is_string()) return std::string(content.get_string());
    if (!content.is_object()) return std::nullopt;
    const json::value* const parts = content.get_object().if_contains("parts");
    if (!parts) return std::nullopt;
    std::string text;
    const auto add = [&text](const json::value& part) {
      const json::value* const said = part.is_object() ? part.get_object().if_contains("text") : nullptr;
      if (!said || !said->is_string()) return false;
      text += said->get_string();
      return true;
    };
    if (parts->is_array() ? !std::ranges::all_of(parts->get_array(), add) : !add(*parts)) return std::nullopt;
    return text;
  }

  json::array texts_;
  json::object carried_;
  std::optional<std::int64_t> dimensions_{};
};

// A reply in Google's words: the vectors are copied as they stand.
class VectorsEditor final : public ReplyEditor {
 public:
  explicit VectorsEditor(Asked asked) : asked_(asked) {}

  void event(std::string_view data, const std::optional<CostShown>&, providers::JsonTokens&,
             std::string& out) override {
    out.append(data);  // vectors come whole
  }
  bool takes(std::string_view body, providers::JsonTokens& tokens) const override {
    return !vectors_in(body, tokens).empty();
  }
  void whole(std::string_view body, const CostShown&, const routing::Attempt& attempt,
             providers::JsonTokens& tokens, std::string& out) override {
    Vectors vectors = vectors_in(body, tokens);
    if (vectors.empty()) {
      out.append(body);
      return;
    }
    std::ranges::stable_sort(vectors, {}, &Vectors::value_type::first);
    out += asked_ == Asked::one ? "{\"embedding\":" : "{\"embeddings\":[";
    for (const auto& [index, values] : vectors) {
      if (&values != &vectors.front().second) {
        if (asked_ == Asked::one) break;
        out += ',';
      }
      out.append("{\"values\":").append(values).append("}");
    }
    if (asked_ == Asked::batch) out += "]";
    const std::int64_t prompt = attempt.usage ? attempt.usage->prompt.count : 0;
    out += ",\"usageMetadata\":{\"promptTokenCount\":" + std::to_string(prompt) + "}}";
  }

 private:
  using Vectors = std::vector<std::pair<std::int64_t, std::string_view>>;  // by their index

  // None where one of them cannot be read.
  static Vectors vectors_in(std::string_view body, providers::JsonTokens& tokens) {
    providers::JsonWalk walk(tokens, body, providers::JsonWalk::Depth::any);
    Vectors vectors;
    const bool is_read = read(walk, body, vectors);
    tokens.shrink();
    return is_read ? vectors : Vectors();
  }
  static bool read(providers::JsonWalk& walk, std::string_view body, Vectors& vectors) {
    using providers::JsonType;
    const auto item = [&] {
      if (walk.type() != JsonType::object) return walk.skip();
      auto& vector = vectors.emplace_back(static_cast<std::int64_t>(vectors.size()), "");
      return walk.object([&](const providers::JsonString& key) {
        if (key.is("index") && walk.type() == JsonType::number) {
          const auto number = walk.number();
          if (number) vector.first = number->whole().value_or(vector.first);
          return number.has_value();
        }
        if (!key.is("embedding") || walk.type() != JsonType::array) return walk.skip();
        const std::size_t begin = walk.position();
        if (!walk.skip()) return false;
        vector.second = body.substr(begin, walk.end() - begin);
        return true;
      });
    };
    const bool is_read = walk.ok() && walk.type() == JsonType::object &&
                         walk.object([&](const providers::JsonString& key) {
                           const bool are_vectors = key.is("data") && walk.type() == JsonType::array;
                           return are_vectors ? walk.array(item) : walk.skip();
                         }) &&
                         walk.finish();
    return is_read && std::ranges::none_of(vectors, [](const auto& each) { return each.second.empty(); });
  }

  const Asked asked_;
};

class GeminiEmbeddings final : public Surface {
 public:
  explicit GeminiEmbeddings(Asked asked) : asked_(asked) {}

  config::Format format() const override { return plain_.format(); }
  std::string_view route() const override {
    return asked_ == Asked::one ? "/v1beta/models/{model}:embedContent"
                                : "/v1beta/models/{model}:batchEmbedContents";
  }
  std::optional<ErrorReply> complete(const PathSaid& said, std::string& body) const override {
    json::error_code error;
    const json::value parsed = json::parse(body, error);
    if (error || !parsed.is_object()) return std::nullopt;  // who reads it says what is wrong
    Rewriting rewriting;
    const json::object& object = parsed.get_object();
    rewriting.carry(object);
    if (asked_ == Asked::one) {
      if (auto fault = rewriting.take(object, "", said.model)) return fault;
    } else {
      const json::value* const requests = object.if_contains("requests");
      if (!requests || !requests->is_array() || requests->get_array().empty()) {
        return refusal("requests", "must be a list of texts to embed");
      }
      for (const json::value& each : requests->get_array()) {
        const std::string path = "requests[" + std::to_string(&each - requests->get_array().data()) + "].";
        if (!each.is_object()) return refusal(path.substr(0, path.size() - 1), "must be an object");
        if (auto fault = rewriting.take(each.get_object(), path, said.model)) return fault;
      }
    }
    body = rewriting.body(said.model);
    return std::nullopt;
  }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_googles_embeddings(body, tokens);
  }
  std::string_view parameter(std::string_view name) const override {
    return name == "messages" ? "content" : name == "dimensions" ? "outputDimensionality" : name;
  }
  bool writes_answers() const override { return plain_.writes_answers(); }
  bool is_interchangeable() const override { return plain_.is_interchangeable(); }
  std::string error_body(const ErrorReply& error, std::string_view /*id*/) const override {
    return gemini_error(error);
  }
  std::unique_ptr<ReplyEditor> editor(const StreamIdentity&, const ClientBody&) const override {
    return std::make_unique<VectorsEditor>(asked_);
  }
  // Never streams.
  std::string error_event(const ErrorReply&, const StreamIdentity&) const override { return {}; }
  std::string usage_event(const routing::Attempt&, const StreamIdentity&) const override { return {}; }
  std::string note_event(std::string_view, const StreamIdentity&) const override { return {}; }

 private:
  const Asked asked_;
  const Surface& plain_ = openai_embeddings_surface();
};

}  // namespace

const Surface& gemini_embeddings_surface(std::string_view action) {
  static const GeminiEmbeddings one(Asked::one), batch(Asked::batch);
  return action == "embedContent" ? one : batch;
}

}  // namespace gateway
