#include "gateway/probe/probe_call.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <numeric>
#include <vector>

#include "providers/dialect/azure_target.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/prefill_form.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/dialects.hpp"

namespace gateway {
namespace {

using providers::host_model_of;
using routing::Delivery;
using routing::FailureKind;

constexpr std::size_t most_bytes = 4 << 20;

const providers::Dialect* dialect_for(const routing::Endpoint& endpoint) {
  const providers::Dialect* dialect =
      providers::dialect_for(endpoint.settings->speaks, config::Format::chat, providers::Conversational::yes);
  return dialect && dialect->interpreter() ? dialect : nullptr;
}

// Keeps what an answer says.
class Heard final : public providers::AnswerSink {
 public:
  explicit Heard(ProbeAnswer& answer) : answer_(answer) {}
  void take(const providers::AnswerEvent& event) override {
    using Kind = providers::AnswerEvent::Kind;
    if (event.kind == Kind::text) answer_.text += event.text.text();
    if (event.kind == Kind::usage) answer_.usage = event.usage;
    if (event.kind == Kind::error && event.error) error = *event.error;
  }
  std::optional<providers::ReportedError> error{};

 private:
  ProbeAnswer& answer_;
};

// No conversation's events have a place for them: OpenAI's chat is asked, and read, in its own words.
void ask_for_likelihoods(std::string& body) {
  const std::size_t begin = body.find('{');
  if (begin != std::string::npos) body.insert(begin + 1, R"("logprobs":true,"top_logprobs":5,)");
}

// As whoever goes on with a stream tells it hosts of OpenAI's chat: the assistant's message is the last
// member of the last list of the body, and its content is ours.
void tell_to_go_on(std::string& body, std::string_view begun, providers::PrefillForm form) {
  const std::string content = "\"content\":\"" + std::string(begun) + "\"";
  const std::size_t at = body.rfind(content);
  if (at == std::string::npos) return;
  body.insert(at + content.size(), providers::member_of(form));
  body.insert(body.find('{') + 1, providers::beside_messages(form));
}

void read_likelihoods(std::string_view body, ProbeAnswer& answer) {
  namespace json = boost::json;
  boost::system::error_code error;
  const json::value reply = json::parse(body, error);
  if (error) return;
  const json::value* const first = reply.find_pointer("/choices/0/logprobs/content/0/top_logprobs", error);
  if (!first || !first->is_array()) return;
  std::vector<double> all;
  for (const json::value& each : first->get_array()) {
    const json::value* const logarithm = each.find_pointer("/logprob", error);
    if (!logarithm || !logarithm->is_number()) continue;
    // Some hosts say minus infinity, or -9999, of what cannot be.
    all.push_back(std::max(-30.0, logarithm->to_number<double>()));
  }
  if (all.empty()) return;
  std::ranges::sort(all, std::greater<>());
  answer.likelihood = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
  if (all.size() > 1) answer.lead = all[0] - all[1];
}

void fail(const providers::Dialect& dialect, const providers::ReportedError& error, ProbeAnswer& answer) {
  answer.failure = dialect.fault_of(answer.status == 200 ? 0 : answer.status, error).kind;
  answer.message = error.message;
}

void understand(const providers::Dialect& dialect, const routing::Endpoint& endpoint, std::string_view body,
                ProbeAnswer& answer) {
  providers::JsonTokens tokens;
  if (answer.status != 200) return fail(dialect, dialect.error_in(body, tokens), answer);
  Heard heard(answer);
  const auto reading = dialect.interpreter()->whole(body, host_model_of(endpoint), tokens, heard);
  if (heard.error) return fail(dialect, *heard.error, answer);
  if (reading != providers::Reading::ended) answer.failure = FailureKind::bad_reply;
}

}  // namespace

bool claims(const routing::Endpoint& endpoint, config::Feature feature) {
  return endpoint.settings->features.test(static_cast<std::size_t>(feature));
}

bool is_forbidden(const routing::PolicySet& policies, const routing::Endpoint& endpoint) {
  const routing::Policy& any = policies.policies().front();
  return routing::first_broken(any.always, routing::View{.endpoint = &endpoint}) >= 0;
}

bool can_be_asked(const routing::Endpoint& endpoint, const ProbeQuestion& question) {
  const providers::Dialect* dialect = dialect_for(endpoint);
  if (!dialect) return false;
  const providers::Conversation conversation = conversation_of(question);
  return providers::unsaid(conversation, dialect->interpreter()->carries(host_model_of(endpoint)))
      .needs.empty();
}

providers::Task<ProbeAnswer> probe_call(providers::HttpProvider& host, providers::Timer& timer,
                                        const routing::Endpoint& endpoint, ProbeQuestion question,
                                        config::Duration limit) {
  ProbeAnswer answer;
  const providers::Dialect& dialect = *dialect_for(endpoint);
  const providers::HostModel model = host_model_of(endpoint);
  const providers::Conversation conversation = conversation_of(question);
  providers::JsonTokens tokens;
  providers::WrittenRequest written =
      dialect.interpreter()->write(conversation, model, Delivery::whole, tokens);
  const bool has_likelihoods = question.wants_likelihoods && dialect.format() == config::Format::chat;
  if (has_likelihoods) ask_for_likelihoods(written.body);
  const bool is_begun =
      std::ranges::find(question.features, config::Feature::prefill) != question.features.end();
  if (is_begun && dialect.format() == config::Format::chat)
    tell_to_go_on(written.body, begun_answer, providers::prefill_form_of(*endpoint.provider));
  std::string scratch;
  providers::OutgoingRequest outgoing{
      .dialect = &dialect,
      .target = providers::target_at(dialect, model, Delivery::whole, scratch),
      .traceparent = {}};
  outgoing.body.add(written.body);

  const config::TimePoint began = timer.now();
  bool is_late = false;
  const std::unique_ptr<providers::Exchange> exchange = host.begin();
  providers::Limit late([&] {
    is_late = true;
    exchange->abort();
  });
  timer.set(late, began + limit);
  const providers::Result<providers::HostReply> reply = co_await exchange->start(outgoing);
  std::string body;
  if (reply) {
    answer.status = reply->status;
    while (body.size() < most_bytes) {
      const providers::Result<std::string_view> piece = co_await exchange->next();
      if (!piece) answer.failure = piece.error();
      if (!piece || piece->empty()) break;
      body.append(*piece);
    }
  } else {
    answer.failure = reply.error();
    answer.message = exchange->why();
  }
  answer.took = timer.now() - began;
  if (is_late) answer.failure = FailureKind::first_token_timeout;
  if (reply && !answer.failure) understand(dialect, endpoint, body, answer);
  if (has_likelihoods && !answer.failure) read_likelihoods(body, answer);
  co_return answer;
}

}  // namespace gateway
