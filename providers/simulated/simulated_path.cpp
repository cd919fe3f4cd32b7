#include "providers/simulated/simulated_path.hpp"

namespace providers {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Ids of Amazon's have colons and slashes, which are sent percent-encoded.
std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_coded =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    result += is_coded ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (is_coded) i += 2;
  }
  return result;
}

struct Ending {
  std::string_view text;
  SimulatedApi api;
  bool streams;
};

// Behind /models/ and a model: Google's.
constexpr Ending of_google[] = {{":generateContent", SimulatedApi::gemini, false},
                                {":streamGenerateContent", SimulatedApi::gemini, true},
                                {":rawPredict", SimulatedApi::vertex_messages, false},
                                {":streamRawPredict", SimulatedApi::vertex_messages, true}};
// Behind /model/ and a model: Amazon's.
constexpr Ending of_amazon[] = {{"/converse", SimulatedApi::converse, false},
                                {"/converse-stream", SimulatedApi::converse, true},
                                {"/invoke", SimulatedApi::bedrock_messages, false},
                                {"/invoke-with-response-stream", SimulatedApi::bedrock_messages, true}};

template <std::size_t Count>
std::optional<SimulatedPath> named_in(std::string_view rest, const Ending (&endings)[Count]) {
  for (const Ending& ending : endings) {
    if (!rest.ends_with(ending.text) || rest.size() == ending.text.size()) continue;
    const std::string_view model = rest.substr(0, rest.size() - ending.text.size());
    if (model.find('/') != std::string_view::npos) continue;
    return SimulatedPath{.api = ending.api, .model = decoded(model), .streams = ending.streams};
  }
  return std::nullopt;
}

bool has(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    if (query.starts_with(name)) return true;
    const std::size_t next = query.find('&');
    query.remove_prefix(next == std::string_view::npos ? query.size() : next + 1);
  }
  return false;
}

}  // namespace

std::optional<SimulatedPath> simulated_path(std::string_view path, std::string_view query,
                                            std::string_view base) {
  constexpr std::string_view chat = "/chat/completions", deployments = "/deployments/", models = "/models/",
                             model = "/model/";
  if (!path.starts_with(base)) return std::nullopt;
  const std::string_view rest = path.substr(base.size());
  if (rest == chat) return SimulatedPath{.api = SimulatedApi::chat};
  if (rest == "/responses") return SimulatedPath{.api = SimulatedApi::responses};
  if (rest == "/completions") return SimulatedPath{.api = SimulatedApi::completions};
  if (rest == "/embeddings") return SimulatedPath{.api = SimulatedApi::embeddings};
  if (rest == "/messages") return SimulatedPath{.api = SimulatedApi::messages};
  if (rest.starts_with(models)) {
    auto found = named_in(rest.substr(models.size()), of_google);
    if (found)
      found->is_array = found->api == SimulatedApi::gemini && found->streams && !has(query, "alt=sse");
    return found;
  }
  if (rest.starts_with(model)) return named_in(rest.substr(model.size()), of_amazon);
  // Azure's classic API: without a version there is nothing.
  if (rest.starts_with(deployments) && rest.ends_with(chat) && has(query, "api-version=")) {
    const std::string_view name =
        rest.substr(deployments.size(), rest.size() - deployments.size() - chat.size());
    if (!name.empty() && name.find('/') == std::string_view::npos)
      return SimulatedPath{.api = SimulatedApi::chat, .model = decoded(name)};
  }
  return std::nullopt;
}

}  // namespace providers
