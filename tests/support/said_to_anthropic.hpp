// A chat body as Anthropic is told it, for the tests of what is said how.
#pragma once

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "gateway/surfaces/openai_chat/chat_conversation.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"

namespace support {

using Thinking = providers::HostModel::Thinking;
using Names = std::vector<std::string>;

inline const providers::HostModel older{"claude-3", 8'192, Thinking::budget, true, false, true};
inline const providers::HostModel newer{"claude-5", 64'000, Thinking::adaptive, false, true, true};

struct Said {
  boost::json::object body;
  Names dropped;
};

inline Said said(const std::string& chat, const providers::HostModel& model = older,
                 routing::Delivery delivery = routing::Delivery::whole) {
  providers::JsonTokens tokens;
  const gateway::Conversed read = gateway::conversation_of(chat, tokens);
  REQUIRE(read.has_value());
  const auto written = providers::anthropic_dialect().interpreter()->write(*read, model, delivery, tokens);
  return {boost::json::parse(written.body).as_object(), {written.dropped.begin(), written.dropped.end()}};
}

inline std::string chat(const std::string& members,
                        const std::string& messages = R"({"role":"user","content":"Hi"})") {
  return R"({"model":"m","messages":[)" + messages + "]" + (members.empty() ? "" : "," + members) + "}";
}

inline const std::string a_tool =
    R"({"type":"function","function":{"name":"get_weather","description":"Of a \"city\"","parameters":)"
    R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}})";

}  // namespace support
