#include "config/forms/credential.hpp"

#include <algorithm>
#include <cctype>

#include "config/values/masked.hpp"
#include "config/values/sources.hpp"

namespace config {
namespace {

// Shorter ones are placeholders: "changeme", "xxx".
constexpr std::size_t shortest_secret = 8;
constexpr std::size_t longest_secret = 8 << 10;
constexpr std::string_view how_to_name = "write `${NAME}` for a variable or `${file:/path}` for a file";

bool is_variable_name(std::string_view name) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
         std::ranges::all_of(name, allowed);
}

// Whether others than the owner can read the file. The service manager's credential directory is closed to
// others as a whole, and its access list shows up as a group permission.
bool is_open_to_others(unsigned permissions, std::string_view path) {
  const unsigned others = path.starts_with("/run/credentials/") ? 07u : 077u;
  return (permissions & others) != 0;
}

std::string file_named(const std::string& path) {
  return "the file " + in_quotes(path) + " of this credential";
}

// Whether the file may hold a credential as it is; reports why not.
bool acceptable(const Node& node, const std::string& path) {
  const Sources& sources = node.sources();
  const std::string file = file_named(path);
  const auto permissions = sources.file_permissions ? sources.file_permissions(path) : std::nullopt;
  if (!permissions || !is_open_to_others(*permissions, path)) return true;
  node.key_error(file + " can be read by others than its owner", "run `chmod 600 " + path + "`");
  return false;
}

// The key of all sealed files; nothing where there is none.
std::optional<std::string> sealing_key(const Sources& sources) {
  if (!sources.variable) return std::nullopt;
  if (auto key = sources.variable(std::string(sealing_variable))) return key;
  const auto directory = sources.variable("CREDENTIALS_DIRECTORY");
  return directory && sources.file ? sources.file(*directory + "/" + std::string(sealing_credential))
                                   : std::nullopt;
}

// What is in a sealed file; reports why it cannot be opened.
std::optional<std::string> unsealed(const Node& node, std::string_view text, const std::string& path) {
  auto key = sealing_key(node.sources());
  if (!key) {
    node.key_error(file_named(path) + " is sealed, and there is no key to open it",
                   "set " + std::string(sealing_variable) + ", or let the service manager load `" +
                       std::string(sealing_credential) + "`");
    return std::nullopt;
  }
  while (!key->empty() && (key->back() == '\n' || key->back() == '\r')) key->pop_back();
  text.remove_prefix(sealed_mark.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const Sources& sources = node.sources();
  auto opened = sources.open_sealed ? sources.open_sealed(text, std::move(*key)) : std::nullopt;
  if (!opened)
    node.key_error(file_named(path) + " is sealed, and the key that is there does not open it",
                   "it was sealed with another one, or changed: make it again with `isocost seal`");
  return opened;
}

std::optional<std::string> look_up(const Sources& sources, const std::string& name) {
  if (name.starts_with("file:")) return sources.file ? sources.file(name.substr(5)) : std::nullopt;
  return sources.variable ? sources.variable(name) : std::nullopt;
}

constexpr std::size_t longest_document = 64 << 10;

std::optional<Secret> checked(const Node& node, std::string text, const std::string& source, Holds holds) {
  if (holds == Holds::document) {
    if (!text.empty() && text.size() <= longest_document) return Secret(std::move(text));
    node.key_error(source + (text.empty() ? " is empty" : " holds more than 64 KiB, which is no key's file"));
    return std::nullopt;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const unsigned char least = holds == Holds::text ? ' ' : '!';
  const auto visible = [least](unsigned char c) { return c >= least && c < 0x7f; };
  const bool clean = std::ranges::all_of(text, visible);
  const std::size_t size = text.size();
  Secret secret(std::move(text));
  if (size == 0) {
    node.key_error(source + " is empty", holds == Holds::text
                                             ? "leave this out"
                                             : "a provider without a key has no `credential` at all");
  } else if (size < shortest_secret && holds == Holds::key) {
    node.key_error(source + " holds " + std::to_string(size) + " characters, which is too short for a key",
                   "");
  } else if (size > longest_secret) {
    node.key_error(
        source + " holds more than " + std::to_string(longest_secret) + " characters, which is no key", "");
  } else if (!clean) {
    node.key_error(source + " holds spaces or other characters that no key has", "");
  } else {
    return secret;
  }
  return std::nullopt;
}

}  // namespace

bool is_reference(std::string_view text) {
  return text.starts_with("${") && text.find('}') == text.size() - 1;
}

std::optional<Credential> named_credential(const Node& node, const std::string& reference, Absence absence,
                                           Holds holds) {
  const std::string name =
      is_reference(reference) ? reference.substr(2, reference.size() - 3) : std::string();
  const bool is_file = name.starts_with("file:");
  if (!is_file && !is_variable_name(name)) {
    node.key_error("a credential does not stand in the file itself", std::string(how_to_name));
    return std::nullopt;
  }
  if (is_file && !name.substr(5).starts_with('/')) {
    node.key_error(file_named(name.substr(5)) + " is not named from the root",
                   "write `${file:/path/to/the/key}`");
    return std::nullopt;
  }
  auto value = look_up(node.sources(), name);
  // What is sealed may be read by everybody.
  if (is_file && value && value->starts_with(sealed_mark)) {
    value = unsealed(node, *value, name.substr(5));
    if (!value) return std::nullopt;
  } else if (is_file && !acceptable(node, name.substr(5))) {
    return std::nullopt;
  }
  if (!value && absence == Absence::refused) {
    refuse_absent(node, reference);
    return std::nullopt;
  }
  if (!value) return Credential{.secret = {}, .source = reference};
  const std::string source = is_file ? "the file `" + name.substr(5) + "`" : "the variable `" + name + "`";
  auto secret = checked(node, std::move(*value), source, holds);
  if (!secret) return std::nullopt;
  return Credential{.secret = std::move(*secret), .source = reference};
}

std::optional<Credential> CredentialForm::read(const Node& node) const {
  if (node.kind() != Tree::Kind::text) {
    node.key_error("a credential is named, not a list or mapping or nothing", std::string(how_to_name));
    return std::nullopt;
  }
  return named_credential(node, node.text(), absence, holds);
}

void refuse_absent(const Node& node) {
  // What names nothing was reported when it was read.
  if (node.kind() == Tree::Kind::text && node.text().starts_with("${")) refuse_absent(node, node.text());
}

void refuse_absent(const Node& node, const std::string& reference) {
  const std::string name = reference.substr(2, reference.size() - 3);
  if (name.starts_with("file:")) {
    node.key_error(
        "the file " + in_quotes(name.substr(5)) + " of this credential cannot be read",
        "check that it exists and who owns it; `optional: true` at a provider leaves that out instead");
  } else {
    node.key_error("the variable `" + name + "` is not set",
                   "set it, or leave this out; `optional: true` at a provider leaves that out instead");
  }
}

JsonMembers CredentialForm::schema() const {
  return {{"type", json_string("string")},
          {"pattern", json_string(R"(^\$\{(file:/[^}]+|[A-Za-z_][A-Za-z0-9_]*)\}$)")}};
}

}  // namespace config
