#include "providers/credentials/sigv4.hpp"

#include <algorithm>
#include <ctime>
#include <vector>

#include "providers/credentials/digest.hpp"

namespace providers {
namespace {

// "20260102T030405Z".
std::string date_of(config::WallTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[17];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

// Encoded once more: what is %3A on its way is %253A in what is signed.
std::string canonical_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~/").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]});
  }
  return out.empty() ? "/" : out;
}

// In the order of names; one without a value has an empty one.
std::string canonical_query(std::string_view query) {
  std::vector<std::string> parts;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    parts.emplace_back(query.substr(0, end));
    if (parts.back().find('=') == std::string::npos) parts.back() += '=';
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  const auto cut = [](const std::string& part) {
    const std::size_t equals = part.find('=');
    return std::pair(part.substr(0, equals), part.substr(equals));
  };
  std::ranges::sort(parts, {}, cut);
  std::string out;
  for (const std::string& part : parts) out.append(out.empty() ? "" : "&").append(part);
  return out;
}

std::string sha256_hex(std::string_view text) {
  return hex_of(sha256_of({&text, 1}));
}

}  // namespace

std::string sigv4_fields(const Signable& request, const config::AwsAccess& keys, config::WallTime now) {
  const std::string date = date_of(now);
  const std::string_view token = keys.session_token.reveal();
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string_view query = request.target.substr(std::min(mark + 1, request.target.size()));

  const std::string names =
      token.empty() ? "content-type;host;x-amz-date" : "content-type;host;x-amz-date;x-amz-security-token";
  std::string canonical = std::string(request.method) + "\n";
  canonical += canonical_path(request.target.substr(0, mark));
  canonical.append("\n").append(canonical_query(query));
  canonical.append("\ncontent-type:").append(request.content_type);
  canonical.append("\nhost:").append(request.host);
  canonical.append("\nx-amz-date:").append(date);
  if (!token.empty()) canonical.append("\nx-amz-security-token:").append(token);
  canonical.append("\n\n").append(names).append("\n").append(hex_of(sha256_of(request.body)));

  const std::string scope = date.substr(0, 8) + "/" + keys.region + "/" + keys.service + "/aws4_request";
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(canonical);
  Digest key = hmac_sha256("AWS4" + std::string(keys.secret_access_key.reveal()), date.substr(0, 8));
  key = hmac_sha256(bytes_of(key), keys.region);
  key = hmac_sha256(bytes_of(key), keys.service);
  key = hmac_sha256(bytes_of(key), "aws4_request");
  const std::string signature = hex_of(hmac_sha256(bytes_of(key), to_sign));

  std::string lines = "\r\nX-Amz-Date: " + date;
  if (!token.empty()) lines.append("\r\nX-Amz-Security-Token: ").append(token);
  lines.append("\r\nAuthorization: AWS4-HMAC-SHA256 Credential=").append(keys.access_key_id.reveal());
  lines.append("/").append(scope).append(", SignedHeaders=").append(names);
  return lines.append(", Signature=").append(signature);
}

}  // namespace providers
