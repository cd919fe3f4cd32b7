#include "providers/reports/error_words.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "config/values/ascii.hpp"

namespace providers {
namespace {

constexpr std::size_t most_read = 2 * 1024;

// In lower case.
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
using config::is_digit;
std::string lowered(std::string_view text) {
  std::string lower(text.substr(0, most_read));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
// At the begin of a word: what follows a hyphen is a part of a name.
bool has_word(std::string_view text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    if (at == 0 || !(is_letter(text[at - 1]) || text[at - 1] == '-')) return true;
  }
  return false;
}

// `parts` are divided by bars.
enum class At { anywhere, word };
bool has_any(std::string_view text, std::string_view parts, At where = At::anywhere) {
  while (!parts.empty()) {
    const std::size_t bar = std::min(parts.find('|'), parts.size());
    const std::string_view part = parts.substr(0, bar);
    if (where == At::word ? has_word(text, part) : has(text, part)) return true;
    parts.remove_prefix(std::min(bar + 1, parts.size()));
  }
  return false;
}

// Codes and types, as parts of them in lower case without '_', '-', '.' and spaces; the first that is found.
struct Row {
  std::string_view part;
  Named named;
};
constexpr std::array rows = {
    Row{"unsupportedcountry", Named::permission},
    Row{"regionrestricted", Named::permission},
    Row{"contentfilter", Named::content},
    Row{"contentpolicy", Named::content},
    Row{"contentblocked", Named::content},
    Row{"policyviolation", Named::content},
    Row{"moderation", Named::content},
    Row{"guardrail", Named::content},
    Row{"sensitivecontent", Named::content},
    Row{"sensitivetext", Named::content},
    Row{"inspectionfailed", Named::content},
    Row{"prohibitedcontent", Named::content},
    Row{"safety", Named::content},
    Row{"refusal", Named::content},
    Row{"invalidprompt", Named::content},
    Row{"contextlength", Named::context_length},
    Row{"contextwindow", Named::context_length},
    Row{"tokenlimitexceeded", Named::context_length},
    Row{"stringtoolong", Named::context_length},
    Row{"stringabovemaxlength", Named::context_length},
    Row{"maxtokensexceeded", Named::context_length},
    Row{"toolusefailed", Named::request},
    Row{"jsonvalidatefailed", Named::request},
    Row{"apikey", Named::authentication},
    Row{"accesstoken", Named::authentication},
    Row{"authentication", Named::authentication},
    Row{"unauthenticated", Named::authentication},
    Row{"unauthorized", Named::authentication},
    Row{"accountdeactivated", Named::authentication},
    Row{"insufficientquota", Named::payment},
    Row{"insufficientbalance", Named::payment},
    Row{"insufficientcredit", Named::payment},
    Row{"insufficientfunds", Named::payment},
    Row{"billing", Named::payment},
    Row{"paymentrequired", Named::payment},
    Row{"arrearage", Named::payment},
    Row{"overdue", Named::payment},
    Row{"currentquota", Named::payment},
    Row{"modelnot", Named::model},
    Row{"modeldoesnot", Named::model},
    Row{"invalidmodel", Named::model},
    Row{"unknownmodel", Named::model},
    Row{"unsupportedmodel", Named::model},
    Row{"modeldeprecated", Named::model},
    Row{"modelunavailable", Named::model},
    Row{"modelterminated", Named::model},
    Row{"noendpoints", Named::model},
    Row{"deploymentnotfound", Named::model},
    Row{"unsupported", Named::feature},
    Row{"notsupported", Named::feature},
    Row{"constraintfiltered", Named::feature},
    Row{"imagenotfound", Named::request},
    Row{"imagedownload", Named::request},
    Row{"imagetoo", Named::request},
    Row{"invalidimage", Named::request},
    Row{"toolarge", Named::request},
    Row{"unprocessable", Named::something},
    Row{"invalidrequest", Named::something},
    Row{"badrequest", Named::something},
    Row{"invalidargument", Named::something},
    Row{"invalidparameter", Named::request},
    Row{"invalidvalue", Named::request},
    Row{"invalidtype", Named::request},
    Row{"missingrequiredparameter", Named::request},
    Row{"permission", Named::permission},
    Row{"forbidden", Named::permission},
    Row{"accessdenied", Named::permission},
    Row{"ratelimit", Named::rate},
    Row{"toomanyrequests", Named::rate},
    Row{"resourceexhausted", Named::rate},
    Row{"throttl", Named::rate},
    Row{"overloaded", Named::load},
    Row{"unavailable", Named::load},
    Row{"capacity", Named::load},
    Row{"notfound", Named::model},
    Row{"servererror", Named::server},
    Row{"apierror", Named::server},
    Row{"internal", Named::server},
    Row{"timeout", Named::server},
};

// Codes that are digits alone, as Zhipu has them, and SiliconFlow, with five.
constexpr std::array digits = {
    Row{"1113", Named::payment},  Row{"1211", Named::model}, Row{"1261", Named::context_length},
    Row{"1301", Named::content},  Row{"1302", Named::rate},  Row{"1303", Named::rate},
    Row{"1304", Named::rate},     Row{"1305", Named::load},  Row{"20012", Named::model},
    Row{"30001", Named::payment},
};

// How the message of a 400 begins that has no code for what it means: xAI's, Google's for a place that is not
// served, and Bedrock's for a model that is asked by an inference profile's name alone. What a request says
// never stands there.
struct Sentence {
  std::string_view begin, later;
  Named named;
};
constexpr std::array sentences = {
    Sentence{"incorrect api key provided", "", Named::permission},
    Sentence{"user location is not supported", "", Named::permission},
    Sentence{"invocation of model id ", "with on-demand throughput", Named::model},
};

// Without what stands in quotes, and without names: words with a digit or a slash.
std::string without_names(std::string_view text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      kept += c;
      ++at;
      continue;
    }
    const bool may_quote = c == '`' || c == '"' || (c == '\'' && (at == 0 || !is_letter(text[at - 1])));
    const std::size_t closing = may_quote ? text.find(c, at + 1) : std::string_view::npos;
    if (closing != std::string_view::npos) {
      at = closing + 1;
      kept += ' ';
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" \t\r\n`\"", at + 1), text.size());
    const std::string_view word = text.substr(at, end - at);
    const bool is_name = std::ranges::any_of(word, is_digit) || has(word, "/");
    kept += is_name ? std::string_view(" ") : word;
    at = end;
  }
  return kept;
}

// Parts of sentences, in lower case.
// Of us at the host rather than of the request.
constexpr std::string_view about_account =
    "suspend|deactivat|terminated|banned|disabled|account|api key|api_key|credential|budget|spend|billing|"
    "ip address|your ip";
constexpr std::string_view ends_an_account = "suspend|deactivat|terminated|banned|budget|spend";
constexpr std::string_view about_checks = "guardrail|moderat";
constexpr std::string_view about_content =
    "content filter|content_filter|content polic|content management|content violat|flagged|inappropriate|"
    "sensitive content|sensitive information|sensitive word|sensitive topic|harmful|unsafe content|"
    "prohibited content|safety|usage polic|policy violation|violates our|nsfw|prompt was blocked|prompt "
    "injection|"
    "jailbreak|data inspection|disallowed content|copyrighted|prompt was filtered|request was filtered|"
    "response was filtered|input was filtered|output was filtered|not allowed to generate|"
    "content is not allowed|blocked content";
constexpr std::string_view about_permission = "permission|region|country";
constexpr std::string_view names_content =
    "this content|the content|such content|your content|prompt|your input|this image|topic";
constexpr std::string_view not_supported =
    "not support|n't support|unsupported|that support|only support|supports only|cannot handle|can handle|"
    "not implemented|invalid parameter|invalid value";
// Said of models too.
constexpr std::string_view not_given = "not available|not enabled|not allowed";
constexpr std::string_view names_feature =
    "tool|function call|image|vision|audio|video|pdf|file input|modalit|response_format|response format|json "
    "mode|"
    "json_schema|json schema|structured output|logprob|parameter|temperature|top_p|top_k|reasoning|thinking|"
    "streaming|system prompt|system message|prefill";
constexpr std::string_view names_attachment = "image|attachment";
constexpr std::string_view not_had = "not found|download|could not be read";

}  // namespace

Named named_by(std::string_view word) {
  for (const Row& row : digits) {
    if (word == row.part) return row.named;
  }
  std::string bare = lowered(word);
  std::erase_if(bare, [](char c) { return c == '_' || c == '-' || c == '.' || c == ' '; });
  for (const Row& row : rows) {
    if (has(bare, row.part)) return row.named;
  }
  return Named::nothing;
}

Named named_by_sentence(std::string_view message) {
  const std::string text = lowered(message);
  for (const Sentence& sentence : sentences) {
    if (text.starts_with(sentence.begin) && has(text, sentence.later)) return sentence.named;
  }
  return Named::nothing;
}

Named named_in(std::string_view message) {
  const std::string text = without_names(lowered(message));
  if (has_any(text, about_checks)) return has_any(text, ends_an_account) ? Named::nothing : Named::content;
  if (has_any(text, about_account)) return Named::nothing;
  if (has_any(text, about_content)) return Named::content;
  if (has_any(text, about_permission) && has_any(text, names_content)) return Named::content;
  const bool is_of_model = has(text, "model");
  const bool is_refused = has_any(text, not_supported) || (has_any(text, not_given) && !is_of_model);
  if (is_refused && has_any(text, names_feature, At::word)) return Named::feature;
  const bool is_attached = has_any(text, not_had) && has_any(text, names_attachment, At::word);
  return is_attached && !is_of_model ? Named::request : Named::nothing;
}

}  // namespace providers
