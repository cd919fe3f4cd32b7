#include "gateway/canaries/canary_entry.hpp"

#include "gateway/ledger/ledger_times.hpp"
#include "gateway/observe/words.hpp"

namespace gateway {

Entry canary_entry(const CanaryNews& news, std::uint64_t number) {
  const routing::Endpoint& endpoint = news.generation->catalogue->endpoints()[news.endpoint];
  const std::int64_t took = std::chrono::duration_cast<std::chrono::milliseconds>(news.took).count();
  EntryAttempt attempt{.endpoint = endpoint.settings->name.text,
                       .provider = endpoint.provider->name.text,
                       .model = endpoint.model->name.text,
                       .cost = news.cost.nanos,
                       .source = news.is_estimated     ? CostSource::estimated
                                 : news.cost.nanos > 0 ? CostSource::computed
                                                       : CostSource::none,
                       .milliseconds = took};
  if (news.usage) {
    attempt.prompt = news.usage->prompt.count;
    attempt.cached = news.usage->cached.count;
    attempt.cache_written = news.usage->cache_written.count;
    attempt.output = news.usage->output.count;
    attempt.reasoning = news.usage->reasoning.count;
  }
  if (news.failure) attempt.failure = word(*news.failure);
  const std::int64_t began = ms_of(news.began);
  Entry entry{.id = "canary-" + std::to_string(began) + "-" + std::to_string(number),
              .began_ms = began,
              .at_ms = began + took,
              .tags = {"canary"},
              .model = endpoint.model->name.text,
              .path = "canary",
              .end = news.failure ? EntryEnd::refused : EntryEnd::answered,
              .status = news.failure ? 502 : 200,
              .first_ms = took,
              .cost = news.cost.nanos};
  entry.attempts.push_back(std::move(attempt));
  return entry;
}

}  // namespace gateway
