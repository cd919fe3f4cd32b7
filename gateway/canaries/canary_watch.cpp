#include "gateway/canaries/canary_watch.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <map>
#include <set>

#include "gateway/canaries/canary_book.hpp"
#include "gateway/canaries/shared_till.hpp"
#include "gateway/state/read_whole.hpp"
#include "gateway/state/write_whole.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wheel.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_at_once = 4;
constexpr config::Duration limit_of_one = std::chrono::seconds(60);
constexpr auto patience_for_canaries = std::chrono::milliseconds(1'500);
std::pair<std::uint64_t, std::uint64_t> key_of_canaries(const routing::Identity& endpoint) {
  return {endpoint.asked, endpoint.named};
}

// What was taken of an endpoint's budget for a canary, and what is spent of the day with it.
struct Taken {
  routing::CanaryTurns::Turn turn;
  std::size_t text = 0;
  routing::CanaryPast::Drawn drawn{};
  std::int64_t spent = 0;
};

// A host that is asked, and the settings it reads, which must not keep a whole generation.
struct AskedHost {
  AskedHost(const config::ProviderSettings& as_said, asio::io_context& io, providers::Timer& timer,
            providers::Resolver& resolver, std::shared_ptr<providers::Access> access)
      : settings(as_said), host(settings, io, timer, resolver, std::move(access)) {}
  const config::ProviderSettings settings;
  providers::HttpProvider host;
};

}  // namespace

struct CanaryWatch::State : std::enable_shared_from_this<CanaryWatch::State> {
  State(providers::Names& asked, std::string where, std::optional<PostgresAddress> common,
        std::uint64_t drawn_from, Tell told)
      : names(asked), file(std::move(where)), seed(drawn_from), tell(std::move(told)) {
    if (common) till.emplace(std::move(*common), tell.say);
  }

  // Without the book of a process before nobody knows what was spent today.
  void open() {
    const auto text = read_whole(file);
    if (!text && errno == ENOENT) return;
    auto book = canary_book(text.value_or(""));
    if (!book) {
      is_lost = true;
      tell.say("canaries: `" + file + "` cannot be read; none is asked until tomorrow");
      return;
    }
    turns.recall(std::move(book->accounts));
    for (const auto& [key, texts] : book->pasts) pasts[key].recall(texts);
    for (const auto& [model, measured] : book->borders) borders[model].recall(measured);
  }

  bool write() {
    CanaryBook book{.accounts = turns.accounts(), .pasts = {}, .borders = {}};
    for (const auto& [key, past] : pasts) book.pasts[key] = past.memories();
    for (const auto& [model, of_model] : borders) book.borders[model] = of_model.measured();
    const auto fault = write_whole(file, bytes_of(book));
    if (fault && !was_unwritten) tell.say("canaries: none is asked while this cannot be written: " + *fault);
    was_unwritten = fault.has_value();
    return !fault;
  }

  void look(CanaryView now_seen) {
    if (is_over) return;
    const auto& wanted = now_seen.generation->catalogue->settings().quality.canaries;
    if (!wanted) return;
    if (is_lost && lost_day == 0) lost_day = now_seen.day;
    if (is_lost && now_seen.day <= lost_day) return;
    is_lost = false;
    const auto& endpoints = now_seen.generation->catalogue->endpoints();
    for (std::size_t n = 0; n < endpoints.size() && under_way < most_at_once; ++n) {
      const routing::EndpointIndex index = endpoints[(next + n) % endpoints.size()].index;
      if (may_be_asked_a_canary(now_seen, index, timer.now())) consider(now_seen, index, *wanted);
    }
    next = endpoints.empty() ? 0 : (next + 1) % endpoints.size();
  }

  void consider(const CanaryView& now_seen, routing::EndpointIndex index,
                const config::CanarySettings& wanted) {
    const routing::Endpoint& endpoint = now_seen.generation->catalogue->endpoints()[index];
    const routing::Identity identity = routing::identity_of(endpoint);
    const config::WallTime now = timer.wall();
    const double draw = routing::drawn(seed, routing::Purpose::canary, draws++);
    const auto turn = turns.take(identity, wanted, worst_of_canary(endpoint, now), now_seen.day, now, draw);
    if (!turn) return;
    if (!write()) return turns.give_back(identity, *turn);
    // Those of other gateways count, too, where they share a database.
    std::int64_t spent = turns.spent(identity, turn->day);
    if (till) {
      const auto by_all = till->take(identity, *turn, wanted.a_day, timer.now());
      if (!by_all) return turns.give_back(identity, *turn);
      spent = *by_all;
    }
    const routing::CanaryBorders& of_model = borders_of(endpoint);
    const std::size_t text = of_model.text_for(turn->asked);
    const auto drawn = of_model.drawn(text, tells_likelihoods(endpoint, identity));
    ++under_way;
    providers::spawn(io, ask(shared_from_this(), now_seen.generation, index, {*turn, text, drawn, spent}),
                     [this](const std::exception_ptr&) {
                       if (--under_way == 0 && is_over) io.stop();
                     });
  }

  // Some claim it and do not.
  bool tells_likelihoods(const routing::Endpoint& endpoint, const routing::Identity& identity) const {
    return claims(endpoint, config::Feature::logprobs) &&
           !told_no_likelihoods.contains(key_of_canaries(identity));
  }

  routing::CanaryBorders& borders_of(const routing::Endpoint& endpoint) {
    return borders[routing::hash_of(endpoint.model->name.text)];
  }

  std::shared_ptr<AskedHost> host_of(const Generation& generation, std::size_t provider) {
    const config::ProviderSettings& settings = generation.catalogue->settings().providers[provider];
    std::shared_ptr<AskedHost>& known = hosts[settings.name.text];
    if (!known || known->settings != settings || settings.ca_file || settings.access.tls)
      known = std::make_shared<AskedHost>(settings, io, timer, resolver, generation.accesses[provider]);
    return known;
  }

  // By value: GCC 12.
  static providers::Task<void> ask(std::shared_ptr<State> self, std::shared_ptr<const Generation> generation,
                                   routing::EndpointIndex index, Taken taken) {
    const routing::Endpoint& endpoint = generation->catalogue->endpoints()[index];
    const std::shared_ptr<AskedHost> host = self->host_of(*generation, endpoint.settings->provider_index);
    CanaryNews news{.generation = generation, .endpoint = index, .began = self->timer.wall()};
    auto asking = probe_call(host->host, self->timer, endpoint,
                             canary_question(endpoint, taken.text, taken.drawn), limit_of_one);
    const ProbeAnswer answer = co_await std::move(asking);
    self->settle(std::move(news), answer, taken);
  }

  void settle(CanaryNews news, const ProbeAnswer& answer, const Taken& taken) {
    const routing::Catalogue& catalogue = *news.generation->catalogue;
    const routing::Endpoint& endpoint = catalogue.endpoints()[news.endpoint];
    const routing::Identity identity = routing::identity_of(endpoint);
    const routing::CanaryTurns::Turn& turn = taken.turn;
    const std::optional<std::int64_t> billed = billed_for_canary(endpoint, answer, news.began);
    turns.settle(identity, turn, billed);
    if (till) till->settle(identity, turn, billed);
    news.failure = answer.failure;
    news.usage = answer.usage;
    news.cost = {billed.value_or(turn.set_aside)};
    news.is_estimated = !billed;
    news.took = answer.took;
    const auto& wanted = catalogue.settings().quality.canaries;
    if (wanted)
      news.budget_used = static_cast<double>(taken.spent - turn.set_aside + billed.value_or(turn.set_aside)) /
                         static_cast<double>(wanted->a_day.nanos);
    if (!answer.failure) {
      const routing::CanaryAnswer said = canary_answer(answer, taken.text);
      if (!answer.lead && claims(endpoint, config::Feature::logprobs))
        told_no_likelihoods.insert(key_of_canaries(identity));
      routing::CanaryPast& past = pasts[key_of_canaries(identity)];
      // Answers that were not drawn say nothing of how near a tie they were: they never differ.
      const bool was_drawn = taken.drawn == routing::CanaryPast::Drawn::by_chance;
      borders_of(endpoint).learn(said, was_drawn ? past.differs(said) : std::nullopt);
      news.conduct = past.judged(said, taken.drawn);
    }
    tell.news(std::move(news));
  }

  void end_all() {
    is_over = true;
    if (!pasts.empty()) write();
    // Connections that are kept for the next one would keep the loop, too.
    if (under_way == 0) return io.stop();
    late.expires_after(patience_for_canaries);
    late.async_wait([this](boost::system::error_code error) {
      if (!error) io.stop();
    });
  }

  asio::io_context io{1};
  providers::Wheel timer{io};
  providers::Names& names;
  providers::Resolver resolver{io, timer, names};
  const std::string file;
  const std::uint64_t seed;
  const Tell tell;
  const asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::map<std::string, std::shared_ptr<AskedHost>> hosts;  // by the provider's name
  routing::CanaryTurns turns;
  std::optional<SharedTill> till;
  std::map<CanaryBook::Key, routing::CanaryPast> pasts;
  std::set<CanaryBook::Key> told_no_likelihoods;            // though they claim to
  std::map<std::uint64_t, routing::CanaryBorders> borders;  // by the hash of the model's name
  std::size_t next = 0;                                     // endpoint that is looked at first
  std::uint64_t draws = 0;
  bool is_lost = false;  // what was spent before
  std::int64_t lost_day = 0;
  bool was_unwritten = false;
  asio::steady_timer late{io};
  std::size_t under_way = 0;
  bool is_over = false;
};

CanaryWatch::CanaryWatch(providers::Names& names, std::string file, std::optional<PostgresAddress> shared,
                         std::uint64_t seed, Tell tell)
    : state_(std::make_shared<State>(names, std::move(file), std::move(shared), seed, std::move(tell))) {}

CanaryWatch::~CanaryWatch() {
  stop();
}

void CanaryWatch::look(CanaryView seen) {
  const bool is_wanted = seen.generation->catalogue->settings().quality.canaries.has_value();
  if (!is_wanted) return;
  if (!thread_.joinable()) {
    thread_ = providers::named_thread("canaries", [state = state_] {
      state->open();
      providers::run_to_end(state->io, [](const std::exception&) {});
    });
  }
  asio::post(state_->io,
             [state = state_.get(), seen = std::move(seen)]() mutable { state->look(std::move(seen)); });
}

bool CanaryWatch::stop() {
  if (!thread_.joinable()) return state_->under_way == 0;
  asio::post(state_->io, [state = state_.get()] { state->end_all(); });
  thread_.join();
  return state_->under_way == 0;
}

}  // namespace gateway
