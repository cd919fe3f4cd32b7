#include "gateway/catalogue_import/catalogue_file.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/catalogue_import/names.hpp"
#include "gateway/catalogue_import/price_lines.hpp"
#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

struct Where {
  std::string base_url, display_name, variable, jurisdiction, dialect;
};

std::string variable_of(const std::string& provider) {
  std::string name = !provider.empty() && provider.front() <= '9' ? "HOST_" : "";
  for (const char c : provider) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += is_word ? static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c) : '_';
  }
  return name + "_API_KEY";
}

// Bedrock's inference profiles of other regions than that of its base; and ids of other doors.
bool is_elsewhere(const CatalogueRow& row) {
  if (row.provider != "bedrock") return false;
  const std::string_view id = row.host_model;
  constexpr std::string_view others[] = {"eu.", "apac.", "jp.", "in.", "au.", "ca.", "us-gov."};
  return id.find('/') != std::string_view::npos ||
         std::ranges::any_of(others, [&](std::string_view other) { return id.starts_with(other); });
}

std::optional<Where> where_is(const CatalogueRow& row) {
  if (const KnownHost* host = known_host(row.provider)) {
    return Where{std::string(host->base_url), std::string(host->display_name), std::string(host->variable),
                 std::string(host->jurisdiction), std::string(host->speaks)};
  }
  // Whole and plain: one with a place to fill in is for people.
  const bool has_odd_byte = std::ranges::any_of(row.base_url, [](char c) { return c <= ' ' || c >= 0x7f; });
  const bool is_usable = row.base_url.starts_with("https://") &&
                         row.base_url.find_first_of("${}?") == std::string::npos && !has_odd_byte;
  if (!is_usable) return std::nullopt;
  std::string base_url = row.base_url;
  constexpr std::string_view call = "/chat/completions";
  while (base_url.ends_with('/')) base_url.pop_back();
  if (base_url.ends_with(call)) base_url.resize(base_url.size() - call.size());
  return Where{base_url, row.provider, variable_of(row.provider), {}, {}};
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::string feature_list(const config::Features& features) {
  std::string text;
  for (std::size_t i = 0; i < config::feature_count; ++i) {
    if (features[i]) text.append(text.empty() ? "" : ", ").append(config::feature_names[i]);
  }
  return "[" + text + "]";
}

void write_endpoint(const Offer& offer, const std::string& variant, std::string& text) {
  const CatalogueRow& row = offer.row;
  text += "      # ";
  for (const std::string& source : offer.dated)
    text += (&source == &offer.dated.front() ? "" : ", ") + one_line(source);
  text += "\n";
  for (const std::string& said : offer.contradictions) text += "      # " + said + "\n";
  text += "      - provider: " + configured_name(row.provider) + "\n";
  if (!variant.empty()) text += "        variant: " + variant + "\n";
  text += "        host_model: " + json_string(row.host_model) + "\n";
  text += "        context: " + std::to_string(row.context) + " tok\n";
  if (row.max_output > 0) text += "        max_output: " + std::to_string(row.max_output) + " tok\n";
  if (!row.quantization.empty()) text += "        quantization: " + row.quantization + "\n";
  text += "        price: " + price_map(priced_for(row, row.prices)) + "\n";
  write_price_rules(row, "        ", text);
  if (row.features.any()) text += "        features: " + feature_list(row.features) + "\n";
}

// Of two spellings of the same: makers write points, but for Anthropic.
bool is_rather_of_maker(const std::string& a, const std::string& b) {
  return a.starts_with("claude-") ? a < b : a > b;
}

// Whether a host is rather asked by the first: one that stays with its weights comes before one that moves.
bool is_rather_asked(const std::string& a, const std::string& b) {
  const bool a_stays = snapshot_of(a).is_pinned, b_stays = snapshot_of(b).is_pinned;
  return a_stays == b_stays ? is_rather_of_maker(a, b) : a_stays;
}

// The same weights at all hosts, in whichever spelling.
struct Weights {
  std::set<std::string> spellings{};
  std::vector<Offer> hosts{};

  const std::string& name() const { return *std::ranges::min_element(spellings, is_rather_of_maker); }
};

// Each host is asked by one spelling; what is said of its others is of the same.
void keep_one_spelling(Weights& weights, std::vector<CatalogueDoubt>& contradictions) {
  std::map<std::string, std::string> kept;  // by provider
  for (const Offer& offer : weights.hosts) {
    const std::string spelling = configured_name(offer.row.model);
    std::string& best = kept.try_emplace(offer.row.provider, spelling).first->second;
    if (is_rather_asked(spelling, best)) best = spelling;
  }
  const auto others = std::stable_partition(
      weights.hosts.begin(), weights.hosts.end(),
      [&](const Offer& offer) { return configured_name(offer.row.model) == kept.at(offer.row.provider); });
  for (auto other = others; other != weights.hosts.end(); ++other) {
    join(*std::ranges::find(weights.hosts, other->row.provider,
                            [](const Offer& each) { return each.row.provider; }),
         other->row, contradictions);
  }
  weights.hosts.erase(others, weights.hosts.end());
}

std::string alias_list(const Weights& weights) {
  const std::string shown = public_name(weights.name());
  std::string list;
  for (const std::string& spelling : weights.spellings) {
    for (const std::string& alias : {public_name(spelling), spelling}) {
      const std::string quoted = json_string(alias);
      if (alias == shown || list.find(quoted) != std::string::npos) continue;
      list += (list.empty() ? "" : ", ") + quoted;
    }
  }
  return list;
}

}  // namespace

CatalogueFile catalogue_file(const std::vector<Offer>& offers, const std::vector<std::string>& notes) {
  CatalogueFile file;
  std::map<std::string, Where> providers;
  std::map<std::string, Weights> models;
  std::set<std::string> unreachable;
  for (const Offer& offer : offers) {
    if (is_elsewhere(offer.row)) continue;
    const auto where = where_is(offer.row);
    if (!where) {
      unreachable.insert(offer.row.provider);
      continue;
    }
    const std::string spelling = configured_name(offer.row.model);
    if (offer.row.host_model.empty()) {
      unreachable.insert(offer.row.provider + ": what it calls " + spelling);
      continue;
    }
    providers.emplace(configured_name(offer.row.provider), *where);
    Weights& weights = models[offer.row.weights];
    weights.spellings.insert(spelling);
    weights.hosts.push_back(offer);
  }
  for (auto& [unused, weights] : models) keep_one_spelling(weights, file.contradictions);
  file.unreachable.assign(unreachable.begin(), unreachable.end());
  file.models = models.size();

  file.text =
      "# Made of public lists by `isocost catalog import`. Prices move: check those that you use against "
      "the\n"
      "# provider's own page. What no source says is left out and so unknown: most data policies,\n"
      "# datacentres, quantizations. Each provider joins when its variable is set.\n";
  for (const std::string& note : notes) file.text += "# " + one_line(note) + "\n";
  file.text += "\nproviders:\n";
  for (const auto& [name, where] : providers) {
    file.text += "  " + name + ":\n    display_name: " + json_string(where.display_name) +
                 "\n    base_url: " + json_string(where.base_url) + "\n    credential: ${" + where.variable +
                 "}\n    optional: true\n";
    if (!where.dialect.empty()) file.text += "    dialect: " + where.dialect + "\n";
    if (!where.jurisdiction.empty()) file.text += "    jurisdiction: " + where.jurisdiction + "\n";
    if (const auto stops = cancel_stops_billing(name)) {
      file.text += "    # " + std::string(source_of_billing) +
                   "\n    cancel_stops_billing: " + (*stops ? "true" : "false") + "\n";
    }
    if (const KnownDataPolicy* data = data_policy_of(name)) {
      file.text += "    # " + std::string(data->source) +
                   "\n    retains_prompts: " + (data->retains_prompts ? "true" : "false") +
                   "\n    trains_on_prompts: " + (data->trains_on_prompts ? "true" : "false") + "\n";
    }
  }
  file.text += "\nmodels:\n";
  for (const auto& [unused, weights] : models) {
    file.text += "  " + public_name(weights.name()) + ":\n";
    if (const std::string aliases = alias_list(weights); !aliases.empty())
      file.text += "    aliases: [" + aliases + "]\n";
    const auto shown =
        std::ranges::find_if(weights.hosts, [](const Offer& each) { return !each.row.display_name.empty(); });
    if (shown != weights.hosts.end())
      file.text += "    display_name: " + json_string(shown->row.display_name) + "\n";
    file.text += "    endpoints:\n";
    std::set<std::string> seen;
    for (const Offer& offer : weights.hosts) {
      const bool is_first = seen.insert(offer.row.provider).second;
      write_endpoint(offer, is_first ? std::string() : configured_name(offer.row.host_model), file.text);
      ++file.endpoints;
    }
  }
  return file;
}

}  // namespace gateway
