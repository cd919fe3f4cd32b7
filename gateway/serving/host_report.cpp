#include "gateway/serving/host_report.hpp"

#include <algorithm>

#include "gateway/surface/block_hash.hpp"
#include "gateway/text/scrub.hpp"
#include "providers/reports/fault_of_reply.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

constexpr std::size_t most_of_a_word = 100;
constexpr std::size_t most_of_a_generation = 32 * 1024;

routing::Doubt doubt_of(const InferenceRequest& request) {
  const config::KeySettings* key = request.demand.key;
  return {.request = block_hash(request.body), .key = key ? routing::hash_of(key->name.text) : 0};
}

// A code or the path of a member: nothing else gets to where clients' programs look.
std::string word(std::string_view text, const HostSecrets& secrets) {
  const bool is_word = text.size() <= most_of_a_word && std::ranges::all_of(text, [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                std::string_view("_-.[]").find(c) != std::string_view::npos;
                       });
  return is_word && scrubbed(text, secrets) == text ? std::string(text) : std::string();
}

// Cut between characters.
std::string first_of(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void take_report(const InferenceRequest& request, const providers::Dialect& dialect, int status,
                 const providers::ReportedError& error, routing::Progress progress, Tried& tried) {
  const providers::ReadFault fault = dialect.fault_of(status, error);
  tried.attempt.failure = routing::Failure{.kind = fault.kind, .progress = progress, .status = fault.status};
  if (fault.is_doubtful) tried.attempt.failure->doubt = doubt_of(request);

  const HostSecrets secrets(request.hosts->generation->catalogue->settings());
  HostWords said{.message = scrubbed(error.message, secrets),
                 .code = is_number(error.code) ? std::string() : word(error.code, secrets),
                 .param = word(error.param, secrets),
                 .failed_generation = first_of(error.failed_generation, most_of_a_generation)};
  if (said.code.empty()) said.code = fault.cause;
  tried.said = std::make_unique<HostWords>(std::move(said));
}

void take_words(const InferenceRequest& request, std::string_view words, Tried& tried) {
  const HostSecrets secrets(request.hosts->generation->catalogue->settings());
  HostWords said;
  said.message = scrubbed(words, secrets);
  tried.said = std::make_unique<HostWords>(std::move(said));
}

}  // namespace gateway
