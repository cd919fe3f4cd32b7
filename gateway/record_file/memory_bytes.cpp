#include "gateway/record_file/memory_bytes.hpp"

#include "gateway/record_file/bytes.hpp"
#include "gateway/record_file/record_format.hpp"
#include "routing/replay/state_words.hpp"

namespace gateway {
namespace {

constexpr std::uint64_t mark = 0x54454b52414d4f53;  // "SOMARKET"
constexpr std::uint64_t format_version = 4;
constexpr std::uint64_t with_fewer_checks = 3;
constexpr std::size_t checks_in_three = 4;
constexpr std::uint64_t without_conduct = 2;
constexpr std::uint64_t without_budgets = 1;
constexpr std::uint64_t least_words = 85;  // before engines were looked at
constexpr std::size_t head_size = 4 * 8;

std::int64_t count_of(config::TimePoint time) {
  return time.time_since_epoch().count();
}
config::TimePoint time_of(std::int64_t count) {
  return config::TimePoint(config::Duration(count));
}

// Each of these names the members once, for both directions.
void sums(const auto& io, auto& s) {
  io(s.log_verbosity), io(s.verbosity_weight), io(s.prompt_reported), io(s.prompt_estimated);
  io(s.cache_hits), io(s.cache_trials);
}
void length(const auto& io, auto& l) {
  io(l.output), io(l.reasoning), io(l.log_output), io(l.replies);
}

// Of one check: in this order, since versions share it.
void conduct_sums(const auto& io, auto& s) {
  io(s.passed), io(s.failed), io(s.unjudged), io(s.recent_passed), io(s.recent_failed);
  io(s.usual_passed), io(s.usual_failed), io(s.block_passed), io(s.block_failed);
  for (auto& against : s.against) io(against);
  io(s.recovering), io(s.regard), io(s.fell_from), io(s.fell_to), io(s.noted);
}

void usual_number(const auto& io, auto& u) {
  io(u.mean), io(u.variance), io(u.count);
}

void put_conduct(ByteWriter& bytes, const std::optional<routing::ConductMemory>& conduct) {
  bytes.number(conduct ? 1 : 0);
  if (!conduct) return;
  const auto put = [&](double value) { bytes.real(value); };
  for (const auto& check : conduct->checks) {
    conduct_sums(put, check.sums);
    bytes.integer(count_of(check.since)), bytes.integer(count_of(check.last));
  }
  for (const std::uint64_t known : conduct->fingerprints.known) bytes.word(known);
  bytes.number(conduct->fingerprints.seen), bytes.integer(count_of(conduct->fingerprints.since));
  for (const auto* usual : {&conduct->prompt_tokens, &conduct->length}) usual_number(put, *usual);
}

std::optional<routing::ConductMemory> get_conduct(ByteReader& bytes, std::uint64_t version) {
  if (bytes.number() == 0) return std::nullopt;
  routing::ConductMemory conduct;
  const auto get = [&](double& value) { value = bytes.real(); };
  const std::size_t checks = version > with_fewer_checks ? conduct.checks.size() : checks_in_three;
  for (std::size_t i = 0; i < checks; ++i) {
    routing::ConductMemory::OfCheck& check = conduct.checks[i];
    conduct_sums(get, check.sums);
    check.since = time_of(bytes.integer()), check.last = time_of(bytes.integer());
  }
  for (std::uint64_t& known : conduct.fingerprints.known) known = bytes.word();
  conduct.fingerprints.seen = static_cast<std::uint32_t>(bytes.number());
  conduct.fingerprints.since = time_of(bytes.integer());
  if (version <= with_fewer_checks) return conduct;
  for (auto* usual : {&conduct.prompt_tokens, &conduct.length}) usual_number(get, *usual);
  return conduct;
}

std::string body_of(const routing::MarketMemory& memory, WallTime taken) {
  ByteWriter bytes;
  const auto put = [&](double value) { bytes.real(value); };
  bytes.integer(std::chrono::duration_cast<std::chrono::nanoseconds>(taken.time_since_epoch()).count());
  bytes.integer(count_of(memory.taken));
  bytes.number(memory.endpoints.size());
  for (const routing::EndpointMemory& endpoint : memory.endpoints) {
    bytes.word(endpoint.identity.asked), bytes.word(endpoint.identity.named);
    for (const std::uint64_t word : routing::words_of(endpoint.state)) bytes.word(word);
    sums(put, endpoint.sums);
    put_conduct(bytes, endpoint.conduct);
  }
  bytes.number(memory.lengths.size());
  for (const auto& [hash, known] : memory.lengths) {
    bytes.word(hash);
    length(put, known);
  }
  const std::vector<routing::PrefixUse> uses = memory.prefix_uses();
  bytes.number(uses.size());
  for (const routing::PrefixUse& use : uses) {
    bytes.word(use.key);
    bytes.integer(count_of(use.at));
  }
  bytes.number(memory.budgets.size());
  for (const routing::BudgetMemory& budget : memory.budgets) {
    bytes.word(budget.policy);
    bytes.integer(budget.day), bytes.integer(budget.nanos);
  }
  bytes.number(memory.shadows.size());
  for (const routing::ShadowMemory& shadow : memory.shadows) {
    for (const std::string* name : {&shadow.policy, &shadow.shadow, &shadow.model}) bytes.text(*name);
    bytes.word(shadow.of);
    bytes.number(shadow.numbers.size());
    for (const double number : shadow.numbers) put(number);
  }
  return bytes.take();
}

// What is damaged the digest has found already: here only reading beyond the end is.
// States may have had fewer words: what stands behind is zero then, as nothing is known of it.
KeptMemory memory_in(ByteReader& bytes, std::uint64_t version, std::size_t words_of_each) {
  const auto get = [&](double& value) { value = bytes.real(); };
  KeptMemory kept;
  const std::chrono::nanoseconds since_epoch(bytes.integer());
  kept.taken = WallTime(std::chrono::duration_cast<WallTime::duration>(since_epoch));
  kept.memory.taken = time_of(bytes.integer());
  kept.memory.endpoints.resize(bytes.count());
  for (routing::EndpointMemory& endpoint : kept.memory.endpoints) {
    endpoint.identity.asked = bytes.word(), endpoint.identity.named = bytes.word();
    routing::StateWords words{};
    for (std::size_t i = 0; i < words_of_each; ++i) words[i] = bytes.word();
    endpoint.state = routing::state_of(words);
    sums(get, endpoint.sums);
    if (version > without_conduct) endpoint.conduct = get_conduct(bytes, version);
    if (bytes.failed()) return kept;
  }
  kept.memory.lengths.resize(bytes.count());
  for (auto& [hash, known] : kept.memory.lengths) {
    hash = bytes.word();
    length(get, known);
  }
  kept.memory.uses.resize(bytes.count());
  for (routing::PrefixUse& use : kept.memory.uses) {
    use.key = bytes.word();
    use.at = time_of(bytes.integer());
  }
  if (version == without_budgets) return kept;
  kept.memory.budgets.resize(bytes.count());
  for (routing::BudgetMemory& budget : kept.memory.budgets) {
    budget.policy = bytes.word();
    budget.day = bytes.integer(), budget.nanos = bytes.integer();
  }
  if (version <= with_fewer_checks) return kept;
  kept.memory.shadows.resize(bytes.count());
  for (routing::ShadowMemory& shadow : kept.memory.shadows) {
    for (std::string* name : {&shadow.policy, &shadow.shadow, &shadow.model}) *name = bytes.text();
    shadow.of = bytes.word();
    shadow.numbers.resize(bytes.count());
    for (double& number : shadow.numbers) get(number);
  }
  return kept;
}

}  // namespace

std::string bytes_of(const routing::MarketMemory& memory, WallTime taken) {
  const std::string body = body_of(memory, taken);
  ByteWriter bytes;
  bytes.word(mark), bytes.word(format_version), bytes.word(routing::state_word_count);
  bytes.word(static_cast<std::uint64_t>(digest(body)));
  return bytes.take() + body;
}

std::variant<KeptMemory, Unusable> kept_memory(std::string_view bytes) {
  ByteReader head(bytes.substr(0, head_size));
  if (head.word() != mark || head.failed()) return Unusable{"is not a market that isocost kept"};
  const std::uint64_t version = head.word(), words = head.word();
  const auto expected = static_cast<std::int64_t>(head.word());
  if (head.failed()) return Unusable{"is cut off"};
  if (version > format_version) return Unusable{"was written by a newer isocost"};
  if (version < without_budgets || words > routing::state_word_count || words < least_words)
    return Unusable{"was written by another version of isocost"};
  const std::string_view body = bytes.substr(head_size);
  if (digest(body) != expected) return Unusable{"is damaged"};
  ByteReader reader(body);
  KeptMemory kept = memory_in(reader, version, static_cast<std::size_t>(words));
  if (reader.failed() || !reader.at_end()) return Unusable{"is damaged"};
  return kept;
}

}  // namespace gateway
