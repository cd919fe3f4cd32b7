#include "gateway/surface/client_body_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/provider_preferences.hpp"

namespace gateway {

using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

namespace {

// Whether the client runs what OpenAI's APIs call a tool of this type. Those of functions need not have one.
bool is_clients_tool(const JsonString& type) {
  constexpr std::array<std::string_view, 7> types{
      "function", "custom", "namespace", "local_shell", "apply_patch", "computer", "computer_use_preview"};
  return std::ranges::any_of(types, [&](std::string_view each) { return type.is(each); });
}

}  // namespace

std::optional<BodyFault> ClientBodyReader::read() {
  const Path top;
  if (walk_.json.ok() && walk_.json.type() != JsonType::object) {
    walk_.wrong_type(top, "an object");
    return walk_.fault();
  }
  request_.object.begin = walk_.json.position();
  before_ = request_.object.begin + 1;
  const bool read = walk_.object(top, [&](const JsonString& key, const Path& at) { return member(key, at); });
  if (!read || !finished(top)) return walk_.fault();
  request_.stream = stream_.value_or(false);
  request_.wants_usage = include_usage_.value_or(false);
  request_.choices = static_cast<int>(choices_.value_or(1));
  complete();
  return std::nullopt;
}

bool ClientBodyReader::is_routers(std::string_view name) {
  const auto known = std::ranges::find(known_, name, &Known::key);
  return known != known_.end() && known->for_whom == Known::Reader::router;
}

bool ClientBodyReader::member(const JsonString& key, const Path& path) {
  // Keys with escapes are rare, and looked up by what they mean.
  const std::string unescaped = key.escaped ? key.text() : std::string();
  const std::string_view name = key.escaped ? std::string_view(unescaped) : key.raw;
  const auto key_begin = static_cast<std::size_t>(key.raw.data() - body_.data()) - 1;
  end_place(key_begin);
  bool is_ours = false;
  if (!value(name, path, is_ours)) return false;
  note_place(name, key_begin, is_ours);
  before_ = walk_.json.end();
  return true;
}

bool ClientBodyReader::value(std::string_view name, const Path& path, bool& is_ours) {
  if (const std::optional<bool> own = own_member(name, path)) {
    is_ours = is_for_router(name);
    return *own;
  }
  const auto known = std::ranges::find(known_, name, &Known::key);
  if (known == known_.end()) return walk_.json.skip();
  is_ours = known->for_whom == Known::Reader::router;
  return (this->*known->read)(path);
}

// Of a member that some hosts are not sent.
void ClientBodyReader::note_place(std::string_view name, std::size_t key_begin, bool is_ours) {
  if (is_ours) {
    place_ = &request_.routing_members.emplace_back();
  } else if (name == "model") {
    place_ = &request_.model_member;
  } else if (name == "stream") {
    place_ = &request_.stream_member;
  } else if (is_of_thinking(name)) {
    place_ = &request_.thinking.members.emplace_back();
  } else {
    return;
  }
  *place_ = {before_, key_begin, key_begin};
}

// It reaches to the key after it, so that it goes with its comma.
void ClientBodyReader::end_place(std::size_t next) {
  if (MemberPlace* const place = std::exchange(place_, nullptr)) place->end = next;
}

bool ClientBodyReader::finished(const Path& top) {
  request_.object.end = walk_.json.end();
  end_place(request_.object.end - 1);
  if (!walk_.json.finish()) return false;
  // As OpenRouter takes it: a list alone begins with the model that is wanted most.
  if (request_.model.empty() && !request_.models.empty()) {
    request_.model = std::move(request_.models.front());
    request_.models.erase(request_.models.begin());
  }
  if (request_.model.empty() && request_.preset.empty() && needs_model()) {
    return walk_.wrong("missing_member", top.member("model"), "nothing", "the name of a model");
  }
  return is_complete(top);
}

bool ClientBodyReader::model(const Path& path) {
  const std::size_t begin = walk_.json.position();
  if (walk_.json.type() != JsonType::string) return walk_.wrong_type(path, "a string");
  if (!walk_.string(path, request_.model)) return false;
  request_.model_value = {begin, walk_.json.end()};
  return true;
}

bool ClientBodyReader::stream_options(const Path& path) {
  const std::size_t begin = walk_.json.position();
  request_.stream_options_empty = true;
  const bool read = walk_.object(path, [&](const JsonString& key, const Path& at) {
    request_.stream_options_empty = false;
    if (!key.is("include_usage")) return walk_.json.skip();
    const std::size_t value = walk_.json.position();
    if (!walk_.boolean(at, include_usage_)) return false;
    request_.include_usage_value = ByteRange{value, walk_.json.end()};
    return true;
  });
  request_.stream_options = ByteRange{begin, walk_.json.end()};
  return read;
}

// OpenRouter's own programs beside the model. One that is switched off asks for nothing.
bool ClientBodyReader::plugins(const Path& path) {
  return walk_.array(path, [&](const Path& at) {
    std::string id;
    std::optional<bool> enabled;
    const bool read = walk_.object(at, [&](const JsonString& key, const Path& inner) {
      if (key.is("id")) return walk_.string(inner, id);
      return key.is("enabled") ? walk_.boolean(inner, enabled) : walk_.json.skip();
    });
    if (!read || !enabled.value_or(true)) return read;
    return walk_.wrong("unsupported_plugin", at, "the plugin `" + id + "`",
                       "an empty list: isocost sends a call to a model, and runs nothing beside it");
  });
}

bool ClientBodyReader::transforms(const Path& path) {
  return walk_.array(path, [&](const Path& at) {
    return walk_.wrong("unsupported_transform", at, "a transform",
                       "an empty list: isocost leaves prompts as they are");
  });
}

// Prices depend on it. Whether the word is one is the host's to say.
bool ClientBodyReader::service_tier(const Path&) {
  if (walk_.json.type() != JsonType::string) return walk_.json.skip();
  const auto word = walk_.json.string();
  if (!word) return false;
  if (request_.tier != config::ServiceTier::fast) {
    request_.tier = config::service_tier_of(word->raw).value_or(config::ServiceTier::standard);
  }
  return true;
}

// Anthropic's.
bool ClientBodyReader::speed(const Path&) {
  if (walk_.json.type() != JsonType::string) return walk_.json.skip();
  const auto word = walk_.json.string();
  if (word && word->is("fast")) request_.tier = config::ServiceTier::fast;
  return word.has_value();
}

bool ClientBodyReader::provider(const Path& path) {
  if (walk_.json.type() == JsonType::object)
    request_.provider = std::make_unique<routing::ProviderPreferences>();
  routing::ProviderPreferences none;
  return read_preferences(walk_, path, request_.provider ? *request_.provider : none);
}

bool ClientBodyReader::debug(const Path& path) {
  std::optional<bool> asked;
  if (walk_.json.type() != JsonType::object) {
    if (!walk_.boolean(path, asked)) return false;
    request_.echo_decision = asked.value_or(false);
    return true;
  }
  return walk_.object(path, [&](const JsonString&, const Path& at) {
    if (!walk_.boolean(at, asked)) return false;
    request_.echo_decision = request_.echo_decision || asked.value_or(false);
    return true;
  });
}

const std::array<ClientBodyReader::Known, 19> ClientBodyReader::known_{{
    {"model", &ClientBodyReader::model},
    {"stream", &ClientBodyReader::stream},
    {"stream_options", &ClientBodyReader::stream_options},
    {"n", &ClientBodyReader::choices},
    {"user", &ClientBodyReader::user},
    {"prompt_cache_key", &ClientBodyReader::cache_key},
    {"service_tier", &ClientBodyReader::service_tier},
    {"serviceTier", &ClientBodyReader::service_tier},
    {"speed", &ClientBodyReader::speed},
    {"provider", &ClientBodyReader::provider, Known::Reader::router},
    {"models", &ClientBodyReader::models, Known::Reader::router},
    {"session_id", &ClientBodyReader::session, Known::Reader::router},
    {"debug", &ClientBodyReader::debug, Known::Reader::router},
    {"route", &ClientBodyReader::skip, Known::Reader::router},
    {"preset", &ClientBodyReader::preset, Known::Reader::router},
    {"plugins", &ClientBodyReader::plugins, Known::Reader::router},
    {"transforms", &ClientBodyReader::transforms, Known::Reader::router},
    {"usage", &ClientBodyReader::skip, Known::Reader::router},
    {"trace", &ClientBodyReader::skip, Known::Reader::router},
}};

bool ClientBodyReader::output_bound(const Path& path, std::string_view name,
                                    std::optional<std::int64_t>& tokens) {
  const std::size_t begin = walk_.json.position();
  if (!walk_.integer(path, 0, most_tokens, tokens)) return false;
  if (tokens) request_.output_bounds.push_back({name, {begin, walk_.json.end()}, *tokens});
  return true;
}

bool ClientBodyReader::output_form(const Path& path) {
  const auto schema = [&] {
    const std::size_t begin = walk_.json.position();
    if (!walk_.json.skip()) return false;
    request_.output_schema = {begin, walk_.json.end()};
    return true;
  };
  const auto is_schema = [&](const JsonString& key) {
    return key.is("schema") && walk_.json.type() == JsonType::object;
  };
  return walk_.object(path, [&](const JsonString& key, const Path& at) {
    // What else stands there is the host's business.
    if (key.is("json_schema") && walk_.json.type() == JsonType::object) {
      return walk_.json.object(
          [&](const JsonString& inner) { return is_schema(inner) ? schema() : walk_.json.skip(); });
    }
    if (is_schema(key)) return schema();
    if (!key.is("type")) return walk_.json.skip();
    std::string type;
    if (!walk_.string(at, type)) return false;
    if (type == "json_object") need(config::Feature::json_object);
    if (type == "json_schema") need(config::Feature::json_schema);
    return true;
  });
}

void ClientBodyReader::offers(const OfferedTool& tool) {
  constexpr int most = 1'000;
  request_.searches = std::min(request_.searches + tool.most_searches(), most);
  if (tool.searches) request_.host_runs_tools = true;
}

bool ClientBodyReader::tools(const Path& path) {
  const std::size_t begin = walk_.json.position();
  bool any = false;
  const bool is_read = walk_.array(path, [&](const Path&) {
    any = true;
    if (walk_.json.type() != JsonType::object) return walk_.json.skip();
    OfferedTool tool;
    const bool is_read = walk_.json.object([&](const JsonString& key) {
      if (runs_at_host(key)) request_.host_runs_tools = true;
      return tool.member(walk_, key, request_.cache_marks);
    });
    if (tool.type && !is_clients_tool(*tool.type)) request_.host_runs_tools = true;
    offers(tool);
    return is_read;
  });
  if (!is_read) return false;
  if (!any) return true;
  need(config::Feature::tools);
  request_.tools = {begin, walk_.json.end()};
  return true;
}

}  // namespace gateway
