#include "config/forms/access_form.hpp"

#include <algorithm>
#include <charconv>

#include "config/forms/credential.hpp"
#include "config/forms/leaf.hpp"
#include "config/values/address.hpp"
#include "config/values/ascii.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

bool is_field_name(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

// What isocost says itself, and what would change where a request ends.
bool is_own_field(std::string_view name) {
  constexpr std::string_view own[] = {"host",       "content-length", "transfer-encoding", "content-type",
                                      "connection", "authorization",  "accept-encoding",   "accept"};
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::ranges::find(own, lower) != std::end(own);
}

// "%40" is "@", as programs that make such addresses write it.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const end = text.data() + std::min(i + 3, text.size());
    const bool is_coded = text[i] == '%' && i + 3 <= text.size() &&
                          std::from_chars(text.data() + i + 1, end, byte, 16).ptr == end;
    decoded += is_coded ? static_cast<char>(byte) : text[i];
    if (is_coded) i += 2;
  }
  return decoded;
}

// "http://user:password@proxy:3128", of a variable, whose text no problem shows.
std::variant<ProxySettings, std::string> parse_proxy(std::string text) {
  ProxySettings proxy;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos) text.insert(0, "http://");
  const std::size_t begin = text.find("://") + 3, at = text.rfind('@');
  if (at != std::string::npos && at >= begin) {
    proxy.authorization = Secret(percent_decoded(std::string_view(text).substr(begin, at - begin)));
    text.erase(begin, at + 1 - begin);
  }
  auto parsed = parse_base_url(text);
  auto* const url = std::get_if<BaseUrl>(&parsed);
  if (!url) return std::get<AddressFault>(parsed).message;
  if (url->scheme != BaseUrl::Scheme::http) return "a proxy is spoken to by http";
  proxy.url = std::move(*url);
  proxy.url.path.clear();
  return proxy;
}

// "a.example:8443", "[fd00::1]:8443" is the host at that port alone. More than one colon is an address of
// IPv6.
bool takes_port(std::string_view& name, std::uint16_t port) {
  if (const std::size_t end = name.find(']'); name.starts_with('[') && end != std::string_view::npos) {
    const std::string_view behind = name.substr(end + 1);
    name = name.substr(1, end - 1);
    return behind.empty() || behind == ":" + std::to_string(port);
  }
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos || name.find(':', colon + 1) != std::string_view::npos) return true;
  const bool is_it = name.substr(colon + 1) == std::to_string(port);
  name = name.substr(0, colon);
  return is_it;
}

bool is_in_range(std::string_view range, std::string_view host) {
  const auto named = parse_address_range(range, Before::any), asked = parse_address_range(host);
  const auto* const all = std::get_if<AddressRange>(&named);
  const auto* const one = std::get_if<AddressRange>(&asked);
  return all && one && contains(*all, one->first);
}

// As curl and most programs read it: `*`, names, also of what stands before them, addresses and ranges of
// them, each perhaps with a port.
bool is_in_no_proxy(std::string_view list, const BaseUrl& url) {
  for (std::string_view name : comma_list(list)) {
    if (name == "*") return true;
    if (!takes_port(name, url.port)) continue;
    if (name.starts_with("*.")) name.remove_prefix(1);
    while (name.starts_with('.')) name.remove_prefix(1);
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!lower.empty() && (is_within(url.host, lower) || is_in_range(lower, url.host))) return true;
  }
  return false;
}

void take_environments_proxy(const Node& node, ProviderSettings& provider) {
  const BaseUrl& url = provider.base_url;
  if (node.has("proxy") || url.scheme != BaseUrl::Scheme::https || is_loopback(url.host)) return;
  auto said = of_environment(node, "HTTPS_PROXY");
  if (!said) said = of_environment(node, "https_proxy");
  if (!said) return;
  auto not_for = of_environment(node, "NO_PROXY");
  if (!not_for) not_for = of_environment(node, "no_proxy");
  if (not_for && is_in_no_proxy(not_for->reveal(), url)) return;
  auto parsed = parse_proxy(std::string(said->reveal()));
  if (auto* proxy = std::get_if<ProxySettings>(&parsed)) {
    provider.access.proxy = std::move(*proxy);
  } else {
    node["base_url"].error("the variable `HTTPS_PROXY` holds no proxy: " + std::get<std::string>(parsed),
                           "correct it, or write `proxy: none`");
  }
}

// Where in a text a reference begins: "Bearer ${TOKEN}".
std::size_t reference_in(std::string_view text) {
  return text.find("${");
}

// A text, or one that ends in what it names.
std::optional<NamedText> text_at(const Node& node) {
  const TextForm form{.wanted = "a text, or `${NAME}` or `${file:/path}`", .longest = 2'000};
  auto text = form.read(node);
  if (!text) return std::nullopt;
  const std::size_t begin = reference_in(*text);
  if (begin == std::string::npos) return NamedText{.name = {}, .text = Secret(std::move(*text)), .named = {}};
  if (!is_reference(std::string_view(*text).substr(begin))) {
    node.key_error("what is named stands at the end of a text", "write `${NAME}` or `Bearer ${NAME}`");
    return std::nullopt;
  }
  auto named = named_credential(node, text->substr(begin), Absence::accepted, Holds::text);
  if (!named) return std::nullopt;
  if (named->secret.empty()) return NamedText{};
  Secret whole(text->substr(0, begin) + std::string(named->secret.reveal()));
  return NamedText{.name = {}, .text = std::move(whole), .named = std::move(named->secret)};
}

// Of fields and queries of one's own.
void check_texts(const Node& node, ProviderSettings& provider) {
  for (const char* const name : {"headers", "query"}) {
    if (!node.has(name) || node[name].kind() != Tree::Kind::mapping) continue;
    const Node texts = node[name];
    const NamedTexts& read =
        std::string_view(name) == "query" ? provider.access.query : provider.access.headers;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto known = std::ranges::find(read, texts.key(i), &NamedText::name);
      if (known == read.end() || !known->text.empty()) continue;
      const Node text = texts.child(i);
      if (text.kind() != Tree::Kind::text || reference_in(text.text()) == std::string::npos) continue;
      provider.access.has_absent_texts = true;
      if (!provider.optional) refuse_absent(text, text.text().substr(reference_in(text.text())));
    }
  }
}

}  // namespace

std::optional<Secret> of_environment(const Node& node, const char* name) {
  auto value = node.sources().variable ? node.sources().variable(name) : std::nullopt;
  return value && !value->empty() ? std::optional(Secret(std::move(*value))) : std::nullopt;
}

std::optional<BaseUrl> BaseUrlForm::read(const Node& node) const {
  const auto text = text_of(node, "a base URL such as `https://api.deepseek.com/v1`");
  if (!text) return std::nullopt;
  auto parsed = parse_base_url(*text);
  if (auto* url = std::get_if<BaseUrl>(&parsed)) return std::move(*url);
  const auto& fault = std::get<AddressFault>(parsed);
  // A key may stand before an `@` or in a query.
  if (text->find_first_of("@?") == std::string_view::npos) {
    node.error(fault.message, fault.suggestion);
  } else {
    node.key_error(fault.message, fault.suggestion);
  }
  return std::nullopt;
}

std::optional<NamedTexts> TextsForm::read(const Node& node) const {
  if (!expect(node, Tree::Kind::mapping, "a mapping from names to texts")) return std::nullopt;
  NamedTexts texts;
  for (std::size_t i = 0; i < node.size(); ++i) {
    const std::string& name = node.key(i);
    const bool is_header = of == Of::headers;
    if (is_header && (!is_field_name(name) || is_own_field(name))) {
      node.child(i).key_error("no header field of this name can be added",
                              "a credential goes under `credential`, in the field `credential_header`");
      continue;
    }
    if (auto text = text_at(node.child(i))) {
      text->name = name;
      texts.push_back(std::move(*text));
    }
  }
  return texts;
}

std::optional<std::optional<ProxySettings>> ProxyForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a proxy such as `http://proxy:3128`, `${NAME}` or `none`";
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  if (*text == "none") return std::optional<ProxySettings>();
  std::string said(*text);
  if (said.starts_with("${") && said.ends_with('}')) {
    const std::string name = said.substr(2, said.size() - 3);
    const auto value = of_environment(node, name.c_str());
    if (!value) {
      node.key_error("the variable `" + name + "` is not set", "set it, or write `proxy: none`");
      return std::nullopt;
    }
    said = std::string(value->reveal());
  } else if (said.find('@') != std::string::npos) {
    node.key_error("a password does not stand in the file itself", "write `${NAME}` for a variable");
    return std::nullopt;
  }
  auto parsed = parse_proxy(std::move(said));
  if (auto* proxy = std::get_if<ProxySettings>(&parsed)) return std::optional(std::move(*proxy));
  node.key_error(std::get<std::string>(parsed), "allowed is " + std::string(wanted));
  return std::nullopt;
}

void check_access(const Node& node, ProviderSettings& provider) {
  AccessSettings& access = provider.access;
  const bool has_key = node.has("credential");
  const int ways = int(has_key) + int(access.aws.has_value()) + int(access.google.has_value()) +
                   int(access.entra.has_value());
  if (ways > 1) {
    node.error("more than one of `credential`, `aws`, `google` and `entra` says who asks",
               "keep one of them");
  }
  const bool has_none =
      has_key && node["credential"].kind() == Tree::Kind::list && node["credential"].size() == 0;
  if (has_none) node["credential"].refuse("a credential, or a list of them");
  check_cloud_access(node, provider);
  const bool absent = is_without_credential(provider);
  if (has_key && absent && !provider.optional && !provider.credential_source.empty()) {
    const Node credential = node["credential"];
    refuse_absent(credential.size() > 0 ? credential.child(0) : credential);
  }
  if (node.has("api_version") && provider.dialect != Dialect::azure) {
    node["api_version"].error("only Azure's APIs have one", "write `dialect: azure`, or remove it");
  }
  check_texts(node, provider);
  take_environments_proxy(node, provider);
}

}  // namespace config
