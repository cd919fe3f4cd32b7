#include "config/yaml/node.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/values/masked.hpp"

namespace config {
namespace {

// What people write who come from other gateways, and what it is called here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> other_words = {{
    {"api_key", "credential"},
    {"key", "credential"},
    {"token", "credential"},
    {"secret", "credential"},
    {"url", "base_url"},
    {"api_base", "base_url"},
    {"endpoint", "base_url"},
    {"host", "provider"},
    {"model", "host_model"},
    {"upstream_model", "host_model"},
    {"context_length", "context"},
    {"context_window", "context"},
    {"max_tokens", "max_output"},
    {"max_output_tokens", "max_output"},
    {"quant", "quantization"},
    {"prices", "price"},
    {"pricing", "price"},
    {"country", "jurisdiction"},
    {"timeout", "deadline"},
    {"hash", "sha256"},
    {"bind", "listen"},
    {"hosts", "endpoints"},
}};

// What configurations of others have, and what stands for it here; `beside` is a key that is allowed there.
struct Elsewhere {
  std::string_view wrong, beside, advice;
};
constexpr std::string_view limits_of_hosts =
    "a host's own limits are learned from its answers; to keep to them from the first request on, write "
    "`limits: {requests: {minute: 60}}` at the provider";
constexpr std::string_view limits_of_keys = "write `quota: {requests: {minute: 60}}` at the key";
constexpr std::string_view tls_to_clients =
    "clients are served over TLS with `tls: {certificate: FILE, key: FILE}`";
constexpr std::string_view tls_to_hosts =
    "TLS is spoken where `base_url` begins with https://; `ca_file` names a private authority";
constexpr std::array<Elsewhere, 11> elsewhere{{
    {"ssl", "listen", tls_to_clients},
    {"https", "listen", tls_to_clients},
    {"tls", "base_url", tls_to_hosts},
    {"ssl", "base_url", tls_to_hosts},
    {"rpm", "sha256", limits_of_keys},
    {"tpm", "sha256", limits_of_keys},
    {"rpm", "base_url", limits_of_hosts},
    {"tpm", "base_url", limits_of_hosts},
    {"rpm", "", limits_of_hosts},
    {"tpm", "", limits_of_hosts},
    {"rate_limit", "", limits_of_hosts},
}};

std::string_view advice_on(std::string_view key, const std::vector<std::string>& allowed) {
  for (const Elsewhere& each : elsewhere) {
    const bool is_here = each.beside.empty() || std::ranges::find(allowed, each.beside) != allowed.end();
    if (key == each.wrong && is_here) return each.advice;
  }
  return "";
}

std::string described(const Node& node) {
  switch (node.kind()) {
    case Tree::Kind::nothing:
      return "nothing";
    case Tree::Kind::text:
      return in_quotes(node.text());
    case Tree::Kind::list:
      return "a list";
    case Tree::Kind::mapping:
      return "a mapping";
  }
  return {};
}

}  // namespace

Place Node::place() const {
  // A mapping or a list begins on the line below its key, where nobody looks for the fault.
  const bool leaf = kind() == Tree::Kind::text || !parent_;
  return leaf ? report_->file().place(tree_->spot.line, tree_->spot.column) : key_place();
}

Place Node::key_place() const {
  if (!parent_ || parent_->kind() != Tree::Kind::mapping) {
    return report_->file().place(tree_->spot.line, tree_->spot.column);
  }
  const Spot spot = parent_->tree_->keys[index_].spot;
  return report_->file().place(spot.line, spot.column);
}

std::string Node::path() const {
  if (!parent_) return {};
  std::string path = parent_->path();
  if (parent_->kind() == Tree::Kind::list) return path + "[" + std::to_string(index_) + "]";
  if (!path.empty()) path += '.';
  const std::string key = masked(parent_->key(index_));
  return path + (key.find_first_of(". \"[") == std::string::npos ? key : '"' + key + '"');
}

Node Node::operator[](std::string_view key) const {
  const Tree* found = tree_->find(key);
  return found ? child(static_cast<std::size_t>(found - tree_->items.data())) : *this;
}

Node Node::item(std::size_t index) const {
  return index < size() ? child(index) : *this;
}

void Node::add(Severity severity, const Place& place, Rest rest, std::string message,
               std::string suggestion) const {
  report_->add({.severity = severity,
                .place = place,
                .path = path(),
                .message = std::move(message),
                .suggestion = std::move(suggestion),
                .excerpt = report_->file().excerpt(place, 0, rest)});
}

void Node::error(std::string message, std::string suggestion) const {
  add(Severity::error, place(), Rest::shown, std::move(message), std::move(suggestion));
}

void Node::warning(std::string message, std::string suggestion) const {
  add(Severity::warning, place(), Rest::shown, std::move(message), std::move(suggestion));
}

void Node::key_error(std::string message, std::string suggestion) const {
  add(Severity::error, key_place(), Rest::hidden, std::move(message), std::move(suggestion));
}

void Node::refuse(std::string_view wanted, std::string suggestion) const {
  error("found " + described(*this) + "; allowed is " + std::string(wanted), std::move(suggestion));
}

std::optional<std::string_view> text_of(const Node& node, std::string_view wanted) {
  if (node.kind() == Tree::Kind::text && !node.text().empty()) return node.text();
  node.refuse(wanted);
  return std::nullopt;
}

bool expect(const Node& node, Tree::Kind kind, std::string_view wanted) {
  if (node.kind() == kind) return true;
  node.refuse(wanted);
  return false;
}

std::string suggest(const std::string& found, const std::vector<std::string>& allowed) {
  if (const std::string near = nearest(found, allowed); !near.empty()) return "did you mean `" + near + "`?";
  if (allowed.empty()) return "there is none yet";
  constexpr std::size_t most = 20;
  std::string list = "allowed: ";
  for (std::size_t i = 0; i < std::min(most, allowed.size()); ++i) list += (i > 0 ? ", " : "") + allowed[i];
  if (allowed.size() > most) list += " and " + std::to_string(allowed.size() - most) + " more";
  return list;
}

void refuse_key(const Node& node, std::size_t index, const std::vector<std::string>& allowed) {
  const std::string& key = node.key(index);
  const Node value = node.child(index);
  if (key == "<<") {
    value.key_error("merge keys are not supported", "write the keys out, or use an alias for a whole value");
    return;
  }
  std::string suggestion = suggest(key, allowed);
  for (const auto& [wrong, right] : other_words) {
    const bool applies = key == wrong && std::ranges::find(allowed, right) != allowed.end();
    if (applies) suggestion = "did you mean `" + std::string(right) + "`?";
  }
  if (const std::string_view advice = advice_on(key, allowed); !advice.empty()) suggestion = advice;
  value.key_error("the key " + in_quotes(key) + " is not known here", suggestion);
}

}  // namespace config
