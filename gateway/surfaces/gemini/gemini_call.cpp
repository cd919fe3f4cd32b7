#include "gateway/surfaces/gemini/gemini_call.hpp"

#include <string_view>

#include "gateway/surfaces/gemini/gemini_names.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {
namespace {

constexpr std::string_view blanks = " \t\r\n";

struct Member {
  std::size_t begin = 0;  // its key's quote
  std::size_t value = 0;
  std::size_t end = 0;  // 0: it is not there
};

// Whether a member of this name stands anywhere: most bodies are not read for it.
bool may_have(std::string_view body, std::string_view quoted) {
  for (std::size_t at = body.find(quoted); at != std::string_view::npos; at = body.find(quoted, at + 1)) {
    const std::size_t next = body.find_first_not_of(blanks, at + quoted.size());
    if (next != std::string_view::npos && body[next] == ':') return true;
  }
  return false;
}

// Of the body's own members; the body must have room behind it.
template <class Is>
Member member_of(std::string& body, providers::JsonType type, Is is_it) {
  constexpr std::size_t room = 64;
  body.reserve(body.size() + room);
  Member found;
  providers::JsonTokens tokens;
  providers::JsonWalk walk(tokens, body);
  if (!walk.ok() || walk.type() != providers::JsonType::object) return found;
  walk.object([&](const providers::JsonString& key) {
    const auto begin = static_cast<std::size_t>(key.raw.data() - body.data()) - 1;
    const bool is_found = is_it(key) && walk.type() == type;
    const std::size_t value = walk.position();
    if (!walk.skip()) return false;
    if (is_found) found = {begin, value, walk.end()};
    return true;
  });
  return found;
}

// With one comma beside it.
void take_out(std::string& body, const Member& member) {
  std::size_t begin = member.begin, end = body.find_first_not_of(blanks, member.end);
  if (end != std::string::npos && body[end] == ',') {
    ++end;
  } else {
    end = member.end;
    const std::size_t before = body.find_last_not_of(blanks, begin - 1);
    if (before != std::string::npos && body[before] == ',') begin = before;
  }
  body.erase(begin, end - begin);
}

bool is_of_path(std::string_view named, std::string_view model) {
  constexpr std::string_view folder = "models/";
  if (named.starts_with(folder)) named.remove_prefix(folder.size());
  return named == model;
}

}  // namespace

std::optional<ErrorReply> strip_gemini_call(const PathSaid& said, std::string& body) {
  const bool counts = said.action == "countTokens";
  if (counts &&
      (may_have(body, "\"generateContentRequest\"") || may_have(body, "\"generate_content_request\""))) {
    const Member request = member_of(body, providers::JsonType::object, [](const providers::JsonString& key) {
      return is(key, "generateContentRequest", "generate_content_request");
    });
    if (request.end > 0) body = body.substr(request.value, request.end - request.value);
  }
  if (!may_have(body, "\"model\"")) return std::nullopt;
  const Member model = member_of(body, providers::JsonType::string,
                                 [](const providers::JsonString& key) { return key.is("model"); });
  if (model.end == 0) return std::nullopt;
  const std::string_view raw = std::string_view(body).substr(model.value + 1, model.end - model.value - 2);
  if (!is_of_path(providers::JsonString{raw, true}.text(), said.model)) {
    return ErrorReply{.status = 400,
                      .type = "invalid_request_error",
                      .code = "invalid_value",
                      .message = "`model` is another one than the path's",
                      .param = "model",
                      .metadata = {},
                      .should_retry = ShouldRetry::no};
  }
  take_out(body, model);
  return std::nullopt;
}

}  // namespace gateway
