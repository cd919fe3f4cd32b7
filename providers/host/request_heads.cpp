#include "providers/host/request_heads.hpp"

#include <stdexcept>
#include <utility>

#include "providers/dialect/path_segment.hpp"
#include "providers/host/access.hpp"
#include "providers/http/outgoing_field.hpp"

namespace providers {
namespace {

// A target may name the model: a host with more of them has the rare ones built anew.
constexpr std::size_t most_heads = 64;

// What the dialect puts into a head.
struct HeadWords {
  config::Format format = config::Format::chat;
  std::string_view content_type = "application/json", accept = "application/json";
  std::span<const HeadField> fields{};
};

HeadWords words_of(const Dialect& dialect, RequestHeads::With with) {
  const bool has_fields = with == RequestHeads::With::dialects_fields;
  return {.format = dialect.format(),
          .content_type = dialect.content_type(),
          .accept = dialect.accept(),
          .fields = has_fields ? dialect.fields() : std::span<const HeadField>()};
}

std::string built(const config::ProviderSettings& settings, const HeadWords& said, std::string_view method,
                  std::string_view target) {
  std::string head(method);
  head += ' ';
  Written written = append_target(head, whole_target(settings, target));
  head += " HTTP/1.1\r\n";
  const auto field = [&](std::string_view name, std::string_view value) {
    if (append_field(head, name, value) == Written::refused) written = Written::refused;
  };
  field("Host", host_field(settings.base_url));
  if (!has_access(settings)) {
    const Credential credential = credential_for(settings, settings.credential, said.format);
    if (!credential.field.empty()) field(credential.field, credential.value);
  }
  for (const HeadField& each : said.fields) field(each.name, each.value);
  for (const config::NamedText& each : settings.access.headers) field(each.name, each.text.reveal());
  field("Content-Type", said.content_type);
  field("Accept", said.accept);
  field("Accept-Encoding", "identity");
  field("User-Agent", "isocost");
  if (written == Written::refused) {
    throw std::invalid_argument("provider " + settings.name.text +
                                ": its base URL or credential has characters that no HTTP header may have");
  }
  return head + "Content-Length: ";
}

}  // namespace

std::string host_field(const config::BaseUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  std::string text = is_v6 ? "[" + url.host + "]" : url.host;
  const std::uint16_t usual = url.scheme == config::BaseUrl::Scheme::https ? 443 : 80;
  if (url.port != usual) text += ":" + std::to_string(url.port);
  return text;
}

std::string whole_target(const config::ProviderSettings& settings, std::string_view target) {
  std::string whole = settings.base_url.path;
  whole += target;
  char mark = target.find('?') == std::string_view::npos ? '?' : '&';
  for (const config::NamedText& each : settings.access.query) {
    whole += std::exchange(mark, '&');
    append_segment(whole, each.name);
    whole += '=';
    append_segment(whole, each.text.reveal());
  }
  return whole;
}

RequestHeads::RequestHeads(const config::ProviderSettings& settings) : settings_(settings) {
  built(settings, {}, "POST", "/");
}

std::shared_ptr<const std::string> RequestHeads::head(const Dialect& dialect, std::string_view target,
                                                      With with) {
  for (const Head& head : heads_) {
    if (head.dialect == &dialect && head.target == target && head.with == with) return head.text;
  }
  if (heads_.size() == most_heads) heads_.erase(heads_.begin());
  heads_.push_back(
      {&dialect, std::string(target), with,
       std::make_shared<const std::string>(built(settings_, words_of(dialect, with), "POST", target))});
  return heads_.back().text;
}

std::shared_ptr<const std::string> RequestHeads::rare(const Dialect& dialect, std::string_view method,
                                                      std::string_view target) const {
  return std::make_shared<const std::string>(
      built(settings_, words_of(dialect, With::dialects_fields), method, target));
}

}  // namespace providers
