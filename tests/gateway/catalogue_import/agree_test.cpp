// Which rows are believed, what several lists say together, what changes, and the file that comes of it.
#include "gateway/catalogue_import/agree.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "config/files/load.hpp"
#include "gateway/catalogue_import/catalogue_file.hpp"
#include "gateway/catalogue_import/compare.hpp"
#include "gateway/catalogue_import/names.hpp"
#include "gateway/catalogue_import/row_pattern.hpp"

using namespace gateway;

namespace {

config::PricePerMillionTokens dollars(double price) {
  return {config::Money{std::llround(price * 1e9)}};
}

CatalogueRow row(double input, double output, std::string source = "models.dev") {
  CatalogueRow made{.provider = "together",
                    .host_model = "deepseek-ai/DeepSeek-R1",
                    .model = "deepseek-r1",
                    .source = std::move(source),
                    .place = "together.models.r1",
                    .context = 128'000,
                    .max_output = 32'000};
  made.prices.input = dollars(input);
  made.prices.output = dollars(output);
  return made;
}

std::string why_not(CatalogueRow made) {
  return disbelief(made);
}

Agreement of(std::vector<CatalogueRow> first, std::vector<CatalogueRow> second = {}) {
  std::vector<CatalogueRows> lists(2);
  lists[0].rows = std::move(first);
  lists[1].rows = std::move(second);
  return agreement_of(std::move(lists));
}

config::Sources with_keys() {
  return {
      .variable = [](const std::string&) { return std::optional<std::string>("sk-aaaaaaaaaaaaaaaaaaaa"); },
      .file = [](const std::string&) { return std::optional<std::string>(); }};
}

config::Settings loaded(const std::string& yaml) {
  const config::Loaded made = config::load(yaml, "isocost.yaml", with_keys());
  for (const config::Problem& problem : made.problems) MESSAGE(config::to_text(problem));
  REQUIRE(made.settings);
  return *made.settings;
}

}  // namespace

TEST_CASE("prices that cannot be are not believed, and it is said why") {
  CHECK(why_not(row(0.55, 2.19)).empty());
  CHECK(why_not(row(0, 0)).find("costs nothing") == 0);
  CHECK(why_not(row(0, 2)).find("an input price of 0 beside another one, or one that is no number") == 0);
  CHECK(why_not(row(2, 0)).find("an output price of 0 beside") == 0);
  CHECK(why_not(row(0.0001, 2)).find("an input price of 0.0001 $/Mtok") == 0);
  CHECK(why_not(row(1, 5000)).find("an output price of 5000 $/Mtok") == 0);
  CHECK(why_not(row(-1, 2)).find("an input price of -1 $/Mtok") == 0);
  CHECK(why_not(row(8, 1)).find("swapped") != std::string::npos);
  CatalogueRow cached = row(1, 2);
  cached.prices.cache_read = dollars(1.5);
  CHECK(why_not(cached).find("cached input for 1.5 $/Mtok") == 0);
  CatalogueRow without = row(1, 2);
  without.context = 0;
  CHECK(why_not(without) == "no context window");
}

TEST_CASE("an output as long as the context only fills the place") {
  CatalogueRow filled = row(1, 2);
  filled.max_output = filled.context;
  CHECK(disbelief(filled).empty());
  CHECK(filled.max_output == 0);
}

TEST_CASE("lists that agree are both named; where they do not, the dearer price is taken and told") {
  const Agreement same = of({row(0.55, 2.19)}, {row(0.56, 2.19, "LiteLLM")});
  REQUIRE(same.offers.size() == 1);
  CHECK(same.offers[0].sources == std::vector<std::string>{"models.dev", "LiteLLM"});
  CHECK(same.offers[0].row.prices.input == dollars(0.55));
  CHECK(same.contradictions.empty());

  const Agreement other = of({row(0.6, 1.7)}, {row(1.25, 1.25, "LiteLLM")});
  REQUIRE(other.offers.size() == 1);
  CHECK(other.offers[0].row.prices.input == dollars(1.25));
  CHECK(other.offers[0].row.prices.output == dollars(1.7));
  REQUIRE(other.contradictions.size() == 2);
  CHECK(other.contradictions[0].place == "together/deepseek-ai/DeepSeek-R1");
  CHECK(other.contradictions[0].what ==
        "input 0.6 $/Mtok (models.dev), 1.25 $/Mtok (LiteLLM): the dearer one is taken");
  CHECK(catalogue_file(other.offers).text.find("      # " + other.contradictions[0].what + "\n") !=
        std::string::npos);
}

TEST_CASE("the host's name counts in any case, and what one list lacks another one adds") {
  CatalogueRow lower = row(0.55, 2.19, "LiteLLM");
  lower.host_model = "deepseek-ai/deepseek-r1";
  lower.prices.cache_read = dollars(0.14);
  lower.features.set(static_cast<std::size_t>(config::Feature::tools));
  const Agreement both = of({row(0.55, 2.19)}, {lower});
  REQUIRE(both.offers.size() == 1);
  CHECK(both.offers[0].row.host_model == "deepseek-ai/DeepSeek-R1");
  CHECK(both.offers[0].row.prices.cache_read == dollars(0.14));
  CHECK(both.offers[0].row.features.count() == 1);
  // An output that the first list's context has no room for is none.
  CatalogueRow small = row(0.55, 2.19), large = row(0.55, 2.19, "LiteLLM");
  small.context = 12'288, small.max_output = 0;
  large.max_output = 120'000;
  CHECK(of({small}, {large}).offers[0].row.max_output == 0);
}

TEST_CASE("what is no chat or goes away is left out without a word") {
  CatalogueRow embeds = row(1, 2), old = row(1, 2);
  embeds.is_chat = false;
  old.is_deprecated = true;
  const Agreement none = of({embeds}, {old});
  CHECK(none.offers.empty());
  CHECK(none.doubts.empty());
}

TEST_CASE("prices are written with all their digits and no more") {
  CHECK(price_text(dollars(3)) == "3 $/Mtok");
  CHECK(price_text(dollars(0.003625)) == "0.003625 $/Mtok");
  CHECK(price_text({config::Money{1}}) == "0.000000001 $/Mtok");
  CHECK(price_text({config::Money{-1'500'000'000}}) == "-1.5 $/Mtok");
}

TEST_CASE("the file is a configuration that loads, and the same offers give the same bytes") {
  CatalogueRow cerebras = row(0.35, 0.75);
  cerebras.provider = "cerebras";
  cerebras.host_model = "deepseek-r1";
  cerebras.display_name = "R1 \"fast\" <b>";
  // Beyond the context nobody is charged.
  cerebras.rules = {{{.prompt_above = config::Tokens{900'000}}, cerebras.prices},
                    {{.prompt_above = config::Tokens{32'000}}, cerebras.prices}};
  cerebras.rules[1].prices.cache_write = dollars(0.5);
  CatalogueRow twice = row(1, 3);
  twice.host_model = "deepseek-ai/DeepSeek-R1:free";
  CatalogueRow nowhere = row(1, 3);
  nowhere.provider = "nobody";
  const Agreement all = of({row(0.55, 2.19), cerebras, twice, nowhere});
  const CatalogueFile file = catalogue_file(all.offers);
  CHECK(file.models == 1);
  CHECK(file.endpoints == 3);
  CHECK(file.unreachable == std::vector<std::string>{"nobody"});
  CHECK(catalogue_file(of({nowhere, twice, cerebras, row(0.55, 2.19)}).offers).text == file.text);

  const config::Settings settings = loaded(file.text);
  CHECK(settings.providers.size() == 2);
  REQUIRE(settings.models.size() == 1);
  CHECK(settings.models[0].name.text == "deepseek/deepseek-r1");
  CHECK(settings.models[0].display_name == "R1 \"fast\" <b>");
  REQUIRE(settings.models[0].endpoints.size() == 3);
  CHECK(settings.models[0].endpoints[0].prices.input == dollars(0.35));
  const auto& rules = settings.models[0].endpoints[0].price_rules;
  REQUIRE(rules.size() == 1);
  CHECK(config::to_text(rules[0].when) == "prompts above 32,000 tokens");
  CHECK(rules[0].prices.cache_write == dollars(0.15));  // beside the input price
  cerebras.rules[1].when.from = 1'797'292'800;
  CHECK(catalogue_file(of({cerebras}).offers).text.find("from: 2026-12-15") != std::string::npos);
  CHECK(settings.models[0].endpoints[1].host_model == "deepseek-ai/DeepSeek-R1");
  CHECK(settings.models[0].endpoints[2].variant == "deepseek-ai-deepseek-r1-free");
}

TEST_CASE("a provider that is in no table is reached where the list says, if that is a whole address") {
  CatalogueRow other = row(1, 3);
  other.provider = "302ai";
  other.base_url = "https://api.302.ai/v1/chat/completions/";
  CHECK(loaded(catalogue_file(of({other}).offers).text).providers[0].base_url.path == "/v1");
  other.base_url = "https://${RESOURCE}.example.com/v1";
  CHECK(catalogue_file(of({other}).offers).endpoints == 0);
}

TEST_CASE(
    "against a configuration changes are told; a deep cut that one list alone knows is not taken over") {
  const config::Settings in_force = loaded(R"(providers:
  ours: {base_url: "https://api.together.xyz/v1", credential: "${KEY}"}
models:
  r1:
    endpoints:
      - {provider: ours, host_model: deepseek-ai/DeepSeek-R1, context: 128000 tok, price: {input: 3 $/Mtok, output: 7 $/Mtok}}
      - {provider: ours, variant: gone, host_model: nobody/has-it, context: 8 ktok, price: {input: 3 $/Mtok, output: 7 $/Mtok}}
)");
  Agreement one = of({row(0.55, 6)});
  const CatalogueComparison alone = compare(in_force, one);
  REQUIRE(alone.changes.size() == 1);
  CHECK(alone.changes[0].endpoint == "ours (deepseek-ai/DeepSeek-R1)");
  CHECK(alone.changes[0].what == "input 3 $/Mtok -> 0.55 $/Mtok (models.dev)");
  CHECK(alone.changes[0].is_kept);
  CHECK(one.offers[0].row.prices.input == dollars(3));
  CHECK(alone.unlisted == std::vector<std::string>{"ours/gone (nobody/has-it)"});

  Agreement two = of({row(0.55, 6)}, {row(0.55, 6, "LiteLLM")});
  CHECK_FALSE(compare(in_force, two).changes[0].is_kept);
  CHECK(two.offers[0].row.prices.input == dollars(0.55));

  Agreement same = of({row(3.1, 7)});
  CHECK(compare(in_force, same).changes.empty());
  CHECK(compare(in_force, same).same == 1);
}

TEST_CASE("models are meant by their own or their public name, with stars") {
  CHECK(is_meant(row(1, 2), {}));
  CHECK(is_meant(row(1, 2), {"deepseek-r1"}));
  CHECK(is_meant(row(1, 2), {"nothing", "deepseek/*"}));
  CHECK_FALSE(is_meant(row(1, 2), {"deepseek"}));
}

TEST_CASE("the same weights have one name, however their hosts write it") {
  CHECK(common_name("fireworks", "accounts/fireworks/models/deepseek-v3p1") == "deepseek-v3.1");
  CHECK(common_name("together", "deepseek-ai/DeepSeek-V3.1") == "deepseek-v3.1");
  CHECK(common_name("openrouter", "deepseek/deepseek-chat-v3.1") == "deepseek-v3.1");
  CHECK(common_name("bedrock", "us.deepseek.r1-v1:0") == "deepseek-r1");
  CHECK(common_name("bedrock", "deepseek.v3.2") == "deepseek-v3.2");
  CHECK(common_name("bedrock", "openai.gpt-oss-120b-1:0") == "gpt-oss-120b");
  CHECK(common_name("bedrock", "qwen.qwen3-32b-v1:0") == "qwen3-32b");
  CHECK(common_name("bedrock", "zai.glm-4.7") == "glm-4.7");
  CHECK(common_name("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0") == "claude-sonnet-4-5-20250929");
  CHECK(common_name("fireworks", "accounts/fireworks/models/llama-v3p3-70b-instruct") ==
        common_name("deepinfra", "meta-llama/Meta-Llama-3.3-70B-Instruct"));
  CHECK(common_name("", "deepseek-r1:free") == "deepseek-r1");
  CHECK(common_name("bedrock", "") == "");
}

TEST_CASE(
    "hosts that spell a model with points and with hyphens have the same, and clients may ask for either") {
  CatalogueRow points = row(1, 3), hyphens = row(1, 3);
  points.provider = "zai", points.host_model = "glm-5.2", points.model = "glm-5.2";
  hyphens.provider = "mistral", hyphens.host_model = "glm-5-2", hyphens.model = "glm-5-2";
  const CatalogueFile file = catalogue_file(of({points, hyphens}).offers);
  const config::Settings settings = loaded(file.text);
  REQUIRE(settings.models.size() == 1);
  CHECK(settings.models[0].name.text == "z-ai/glm-5.2");
  CHECK(settings.models[0].endpoints.size() == 2);
  CHECK(file.text.find(R"(aliases: ["z-ai/glm-5-2", "glm-5-2", "glm-5.2"])") != std::string::npos);
  CHECK(is_meant(hyphens, {"glm-5.2"}));
  CHECK(is_meant(points, {"z-ai/glm-5-2@zai"}));
  // Who knows what a star stands for?
  hyphens.model = "gpt-4-1106-preview";
  CHECK_FALSE(is_meant(hyphens, {"gpt-4.1*"}));
}

namespace {

CatalogueRow at(const std::string& host, const std::string& name) {
  CatalogueRow made = row(3, 15);
  made.provider = host, made.host_model = name, made.model = common_name(host, name);
  return made;
}

}  // namespace

TEST_CASE(
    "Claude's versions are one model at all hosts, whether they name the day or not, while there is one "
    "day") {
  const std::vector<CatalogueRow> all{at("anthropic", "claude-opus-4-5"),
                                      at("anthropic", "claude-opus-4-5-20251101"),
                                      at("bedrock", "us.anthropic.claude-opus-4-5-20251101-v1:0"),
                                      at("openrouter", "anthropic/claude-opus-4.5")};
  const config::Settings settings = loaded(catalogue_file(of(all).offers).text);
  REQUIRE(settings.models.size() == 1);
  CHECK(settings.models[0].name.text == "anthropic/claude-opus-4-5");
  CHECK(settings.models[0].endpoints.size() == 3);  // Anthropic's own once
  CHECK(settings.models[0].aliases.size() == 5);
  // Another day: nobody says of which the others are.
  std::vector<CatalogueRow> two = all;
  two.push_back(at("anthropic", "claude-opus-4-5-20260101"));
  CHECK(loaded(catalogue_file(of(two).offers).text).models.size() == 3);
  // Nor if the other day is not meant.
  const Agreement both = of(two);
  std::vector<Offer> meant;
  for (const Offer& offer : both.offers) {
    if (is_meant(offer.row, {"claude-opus-4-5-20251101", "claude-opus-4-5"})) meant.push_back(offer);
  }
  CHECK(loaded(catalogue_file(meant).text).models.size() == 2);
  CHECK(common_name("bedrock", "anthropic.claude-opus-4-6-v1") == "claude-opus-4-6");
}

TEST_CASE("a version and the day of its snapshot are read of Claude's names from version 4 on") {
  CHECK(snapshot_of("claude-opus-4-0").version == "claude-opus-4");
  CHECK(snapshot_of("claude-opus-4-20250514").version == "claude-opus-4");
  CHECK(snapshot_of("claude-sonnet-4.5-20250929").version == "claude-sonnet-4-5");
  CHECK(snapshot_of("claude-sonnet-4.5-20250929").day == "20250929");
  for (const char* other : {"claude-3-5-sonnet-20241022", "claude-instant-1-0", "claude-opus-latest",
                            "claude-opus-4-5-fast", "claude-opus-4-5-1-20250929", "claude", "claude-", ""}) {
    CHECK(snapshot_of(other).version == other);
    CHECK(snapshot_of(other).day == "");
    CHECK_FALSE(snapshot_of(other).is_pinned);
  }
  // From 4.6 on there is no moving name beside one with a day.
  CHECK(snapshot_of("claude-opus-4-5-20251101").is_pinned);
  CHECK_FALSE(snapshot_of("claude-opus-4-5").is_pinned);
  CHECK(snapshot_of("claude-opus-4-6").is_pinned);
  CHECK(snapshot_of("claude-fable-5").is_pinned);
  CHECK_FALSE(snapshot_of("claude-opus-4-6-20260205").is_pinned);
}

TEST_CASE("a host that has a model under several names is there once, by one that stays with its weights") {
  const auto asked = [](const CatalogueRow& first, const CatalogueRow& second) {
    const config::Settings settings = loaded(catalogue_file(of({first, second}).offers).text);
    REQUIRE(settings.models.size() == 1);
    REQUIRE(settings.models[0].endpoints.size() == 1);
    return settings.models[0].endpoints[0].host_model;
  };
  const CatalogueRow moving = at("anthropic", "claude-opus-4-5"),
                     pinned = at("anthropic", "claude-opus-4-5-20251101");
  CHECK(asked(moving, pinned) == "claude-opus-4-5-20251101");
  CHECK(asked(at("anthropic", "claude-opus-4-0"), at("anthropic", "claude-opus-4-20250514")) ==
        "claude-opus-4-20250514");
  CHECK(asked(at("anthropic", "claude-opus-4-6"), at("anthropic", "claude-opus-4-6-20260205")) ==
        "claude-opus-4-6");
  CHECK(asked(at("mistral", "mistral-medium-3-5"), at("mistral", "mistral-medium-3.5")) ==
        "mistral-medium-3.5");

  // Clients may ask by both; of prices that differ it is told.
  CatalogueRow cheaper = pinned;
  cheaper.prices.input = dollars(2);
  const CatalogueFile file = catalogue_file(of({moving, cheaper}).offers);
  CHECK(file.text.find("\n  anthropic/claude-opus-4-5:\n") != std::string::npos);
  CHECK(file.text.find(
            R"("claude-opus-4-5", "anthropic/claude-opus-4-5-20251101", "claude-opus-4-5-20251101"])") !=
        std::string::npos);
  REQUIRE(file.contradictions.size() == 1);
  CHECK(file.contradictions[0].place == "anthropic/claude-opus-4-5-20251101");
  CHECK(file.contradictions[0].what ==
        "input 2 $/Mtok (models.dev), 3 $/Mtok (models.dev of claude-opus-4-5): the dearer one is taken");
  CHECK(file.text.find("      # " + file.contradictions[0].what + "\n") != std::string::npos);
  CHECK(loaded(file.text).models[0].endpoints[0].prices.input == dollars(3));
}

TEST_CASE("whether leaving ends the bill is written of hosts of whom it is known") {
  CatalogueRow stops = row(1, 3), bills = row(1, 3), nobody_knows = row(1, 3);
  bills.provider = "groq", nobody_knows.provider = "cerebras";
  const config::Settings settings = loaded(catalogue_file(of({stops, bills, nobody_knows}).offers).text);
  REQUIRE(settings.providers.size() == 3);
  CHECK(settings.providers[0].name.text == "cerebras");
  CHECK(!settings.providers[0].cancel_stops_billing);
  CHECK(settings.providers[1].cancel_stops_billing == false);
  CHECK(settings.providers[2].cancel_stops_billing == true);
}

TEST_CASE("what a host does with prompts is written where its own page says it, with the page and the day") {
  CatalogueRow kept = row(1, 3), not_kept = row(1, 3), nobody_knows = row(1, 3);
  kept.provider = "openai", not_kept.provider = "fireworks", nobody_knows.provider = "cerebras";
  const std::string text = catalogue_file(of({kept, not_kept, nobody_knows}).offers).text;
  const config::Settings settings = loaded(text);
  REQUIRE(settings.providers.size() == 3);
  CHECK(!settings.providers[0].data_policy.trains_on_prompts);
  CHECK(!settings.providers[0].data_policy.retains_prompts);
  CHECK(settings.providers[1].data_policy.retains_prompts == false);
  CHECK(settings.providers[2].data_policy.retains_prompts == true);
  CHECK(settings.providers[2].data_policy.trains_on_prompts == false);
  // A contract is the reader's own: no page says that there is one.
  for (const auto& provider : settings.providers) CHECK(!provider.data_policy.zero_data_retention);
  CHECK(text.find("read 2026-11-29: no training unless you opt in; kept for 30 days against abuse\n"
                  "    retains_prompts: true\n") != std::string::npos);
}

TEST_CASE("each endpoint names its lists, each with its day") {
  CatalogueRow first = row(1, 3), second = row(1, 3, "LiteLLM");
  first.date = "2026-04-16", second.date = "2026-11";
  CHECK(
      catalogue_file(of({first}, {second}).offers).text.find("# models.dev 2026-04-16, LiteLLM 2026-11\n") !=
      std::string::npos);
}

TEST_CASE("what a list says without the host's own name counts for the one offer that there is") {
  CatalogueRow nameless = row(0.6, 2.19, "OpenRouter");
  nameless.host_model.clear();
  nameless.quantization = "fp8";
  const Agreement one = of({row(0.55, 2.19)}, {nameless});
  REQUIRE(one.offers.size() == 1);
  CHECK(one.offers[0].row.quantization == "fp8");
  CHECK(one.offers[0].row.host_model == "deepseek-ai/DeepSeek-R1");
  CHECK(one.offers[0].sources == std::vector<std::string>{"models.dev", "OpenRouter"});
  const CatalogueFile file = catalogue_file(one.offers);
  CHECK(loaded(file.text).models[0].endpoints[0].quantization == config::Quantization::fp8);

  // Another day is another model.
  CatalogueRow other_day = nameless;
  other_day.provider = "bedrock", other_day.model = "claude-opus-4-5-20260101";
  const CatalogueRow first_day = at("bedrock", "anthropic.claude-opus-4-5-20251101-v1:0");
  CHECK(of({first_day}, {other_day}).offers.size() == 2);
  other_day.model = "claude-opus-4.5";
  CHECK(of({first_day}, {other_day}).offers.size() == 1);

  // Of two nobody knows which is meant; of none, by which name it would be asked for.
  CatalogueRow turbo = row(0.8, 3);
  turbo.host_model = "deepseek-ai/DeepSeek-R1-Turbo";
  const Agreement several = of({row(0.55, 2.19), turbo}, {nameless});
  CHECK(several.offers.size() == 3);
  CHECK(several.doubts.size() == 1);
  CHECK(catalogue_file(several.offers).endpoints == 2);
  const CatalogueFile none = catalogue_file(of({nameless}).offers);
  CHECK(none.endpoints == 0);
  CHECK(none.unreachable == std::vector<std::string>{"together: what it calls deepseek-r1"});
}

TEST_CASE("a pattern may name the host that is meant") {
  CHECK(is_meant(row(1, 3), {"deepseek-r1@together"}));
  CHECK(is_meant(row(1, 3), {"deepseek/*@novita,to*"}));
  CHECK_FALSE(is_meant(row(1, 3), {"deepseek/*@"}));
  CHECK_FALSE(is_meant(row(1, 3), {"deepseek-r1@openai"}));
  CHECK(is_meant(row(1, 3), {"deepseek-r1@openai", "deepseek-r1"}));
}

TEST_CASE("what a profile of another region costs is not written beside the base of this one") {
  CatalogueRow here = row(1, 3), there = row(1, 3);
  here.provider = there.provider = "bedrock";
  here.host_model = "us.deepseek.r1-v1:0";
  there.host_model = "eu.deepseek.r1-v1:0";
  const CatalogueFile file = catalogue_file(of({here, there}).offers, {"one\nnote"});
  CHECK(file.endpoints == 1);
  CHECK(file.text.find("# one note\n") != std::string::npos);
  CHECK(loaded(file.text).providers[0].dialect == config::Dialect::bedrock);
}

TEST_CASE("what is paid by the piece is believed of whoever says it, and nothing takes it away unseen") {
  CatalogueRow first = row(0.55, 2.19), second = row(0.55, 2.19, "OpenRouter");
  first.features.set(static_cast<std::size_t>(config::Feature::images));
  second.prices.image = {5'000'000};
  Agreement both = of({first}, {second});
  CHECK(both.offers.at(0).row.prices.image.nanos == 5'000'000);
  const config::Settings in_force = loaded(catalogue_file(both.offers).text);
  CHECK(in_force.models.at(0).endpoints.at(0).prices.image.nanos == 5'000'000);
  Agreement silent = of({first});
  CHECK(compare(in_force, silent).changes.empty());
  CHECK(silent.offers[0].row.prices.image.nanos == 5'000'000);
  second.prices.image = {1'000'000};
  Agreement cut = of({first}, {second});
  const CatalogueComparison comparison = compare(in_force, cut);
  REQUIRE(comparison.changes.size() == 1);
  CHECK(comparison.changes[0].what == "each image $0.005 -> $0.001");
  CHECK(comparison.changes[0].is_kept);
  CHECK(cut.offers[0].row.prices.image.nanos == 5'000'000);
  second.features = {}, first.features = {};
  CHECK(catalogue_file(of({first}, {second}).offers).text.find("image:") == std::string::npos);
  second.prices.image = {-1};
  CHECK(why_not(second) == "each image for $-0.000000001");
  second.prices.image = {11'000'000'000};
  CHECK(why_not(second) == "each image for $11");
}
