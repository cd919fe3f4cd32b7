#include "providers/conversation/tool_names.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <variant>

#include "routing/terms/draws.hpp"

namespace providers {
namespace {

constexpr std::size_t most_signs = 64;

bool is_plain_sign(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_first_sign(char c) {
  return is_plain_sign(c) && c != '-' && (c < '0' || c > '9');
}

// It ends in what tells it from others that become alike.
std::string everybodys(const std::string& name) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t tail = 17;
  std::string changed;
  if (!is_first_sign(name.front())) changed += '_';
  for (const char c : name) {
    if (changed.size() == most_signs - tail) break;
    changed += is_plain_sign(c) ? c : '_';
  }
  changed += '_';
  const std::uint64_t hash = routing::hash_of(name);
  for (int shift = 60; shift >= 0; shift -= 4) changed += digits[(hash >> shift) & 15];
  return changed;
}

// Bodies may name as many tools as they like: each is looked up, and none is compared with all others.
class Renaming {
 public:
  explicit Renaming(Conversation& conversation) : conversation_(conversation) {}

  void take(Text& name) {
    if (name.raw.empty() || is_everybodys_name(name)) return;
    const auto [known, is_new] = hosts_.try_emplace(name.text());
    if (is_new) {
      known->second = conversation_.own.keep_plain(everybodys(known->first));
      conversation_.renamed.push_back({.clients = name, .hosts = known->second});
    }
    name = known->second;
  }

 private:
  Conversation& conversation_;
  std::unordered_map<std::string, Text> hosts_;  // by the client's
};

std::string_view hosts_name(const RenamedTool& tool) {
  return tool.hosts.raw;
}

}  // namespace

bool is_everybodys_name(const Text& name) {
  const std::string_view raw = name.raw;
  return raw.size() <= most_signs && !raw.empty() && is_first_sign(raw.front()) &&
         std::ranges::all_of(raw, is_plain_sign);
}

void give_everybodys_names(Conversation& conversation) {
  Renaming renaming(conversation);
  for (Tool& tool : conversation.tools) renaming.take(tool.name);
  renaming.take(conversation.tool_choice.name);
  for (Turn& turn : conversation.turns) {
    for (Part& part : turn.parts) {
      if (auto* call = std::get_if<ToolCallPart>(&part.what)) renaming.take(call->name);
    }
  }
  std::ranges::sort(conversation.renamed, {}, hosts_name);
}

Text clients_name(const Conversation& conversation, const Text& name) {
  const auto found = std::ranges::lower_bound(conversation.renamed, name.raw, {}, hosts_name);
  return found == conversation.renamed.end() || found->hosts.raw != name.raw ? name : found->clients;
}

ClientNames::ClientNames(const Conversation& conversation) {
  for (const RenamedTool& tool : conversation.renamed)
    all_.push_back({std::string(tool.hosts.raw), std::string(tool.clients.raw), tool.clients.escaped});
}

const AnswerEvent& ClientNames::of(const AnswerEvent& event, AnswerEvent& room) const {
  if (event.kind != AnswerEvent::Kind::tool_call) return event;
  const auto found = std::ranges::lower_bound(all_, event.name.raw, {}, &Name::hosts);
  if (found == all_.end() || found->hosts != event.name.raw) return event;
  room = event;
  room.name = {found->clients, found->escaped};
  return room;
}

}  // namespace providers
