#include "gateway/request/unfit.hpp"

#include <algorithm>

#include "providers/dialect/host_facts.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/dialects.hpp"

namespace gateway {
namespace {

using providers::Dialect;
using routing::Unfit;

providers::Unsaid unsaid_at(const InferenceRequest& request, const Dialect& dialect,
                            const routing::Endpoint& endpoint) {
  const providers::HostModel model = providers::host_model_of(endpoint);
  return providers::unsaid(*request.conversation, dialect.interpreter()->carries(model));
}

providers::OfTurns of_turns(const InferenceRequest& request, const providers::Unsaid& unsaid) {
  return unsaid.needed ? providers::of_turns(*unsaid.needed, *request.conversation) : providers::OfTurns();
}

// What is lost in silence nowhere: needs leave an endpoint out, and hints, too, where the request wants each
// of its parameters to be heard.
std::optional<std::string> not_sayable(const InferenceRequest& request, const Dialect& dialect,
                                       const routing::Endpoint& endpoint) {
  const providers::Unsaid unsaid = unsaid_at(request, dialect, endpoint);
  const auto named = [&](std::string_view name) { return std::string(request.surface->parameter(name)); };
  if (!unsaid.needs.empty()) {
    const auto place = of_turns(request, unsaid).place;
    return named(unsaid.needs.front()) + (place ? "[" + std::to_string(*place) + "]" : "");
  }
  const auto& preferences = request.asked.provider;
  const bool all_count = preferences && preferences->parameters == routing::Parameters::required;
  if (all_count && !unsaid.hints.empty()) return named(unsaid.hints.front());
  return std::nullopt;
}

class UnfitSearch {
 public:
  UnfitSearch(InferenceRequest& request, providers::JsonTokens& tokens)
      : request_(request), tokens_(tokens), first_(first_of(request)) {}

  void look_at(const routing::PublicModel& model) {
    const routing::Catalogue& catalogue = *request_.hosts->generation->catalogue;
    for (const routing::Candidate& candidate : model.candidates) {
      look_at(catalogue.endpoints()[candidate.endpoint]);
    }
  }

  std::optional<ErrorReply> take_error() {
    return fault_ && !anybody_ ? std::optional(of_body_fault(*fault_)) : std::nullopt;
  }

 private:
  // The first endpoint whose answers others cannot stand in for; null where all can.
  static const routing::Endpoint* first_of(const InferenceRequest& request) {
    if (request.surface->is_interchangeable() || request.demand.model->candidates.empty()) return nullptr;
    const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
    const auto& candidates = request.demand.model->candidates;
    const auto speaks = [&](const routing::Candidate& candidate) {
      return dialect_for(request, catalogue.endpoints()[candidate.endpoint]) != nullptr;
    };
    const auto found = std::ranges::find_if(candidates, speaks);
    return found == candidates.end() ? nullptr : &catalogue.endpoints()[found->endpoint];
  }

  bool is_substitute(const routing::Endpoint& endpoint) const {
    if (!first_ || &endpoint == first_) return true;
    return endpoint.model_index == first_->model_index && endpoint.model->embeddings_equal;
  }

  // The bound of an answer is lowered to what an endpoint gives, but never to what may be thought alone.
  bool leaves_room_to_think(const routing::Endpoint& endpoint) const {
    const auto& most = endpoint.settings->max_output;
    const ClientBody& asked = request_.asked;
    const bool is_lowered = most && asked.max_output && *asked.max_output > *most;
    return !is_lowered || !asked.thinking_budget || *asked.thinking_budget < most->count;
  }

  // A host that is asked to answer in one part of the world is not asked to do so in another, and one that
  // does not know the word would answer wherever it is. Some hosts know it of themselves, and who has a price
  // for it.
  bool runs_where_asked(const routing::Endpoint& endpoint) const {
    const std::string& asked = request_.asked.inference_geo;
    const config::ProviderSettings& there = *endpoint.provider;
    if (asked.empty() || asked == there.inference_geo) return true;
    const config::GeoWord word(asked);
    const auto has_price = [&](const config::PriceRule& rule) {
      return std::ranges::find(rule.when.geos, word) != rule.when.geos.end();
    };
    return there.inference_geo.empty() && (providers::knows_inference_geo(there) ||
                                           std::ranges::any_of(endpoint.settings->price_rules, has_price));
  }

  // Of a host without a word for it the wish is taken out, and it thinks all the same.
  bool thinks_against_wish(const Dialect& dialect, const routing::Endpoint& endpoint) const {
    return request_.asked.thinking.effort == "none" &&
           dialect.thinks_anyway(providers::host_model_of(endpoint));
  }

  void look_at(const routing::Endpoint& endpoint) {
    const Dialect* dialect = dialect_for(request_, endpoint);
    if (!dialect) return leave_out(endpoint, Unfit::Why::speaks_no_api);
    if (!leaves_room_to_think(endpoint)) {
      return leave_out(endpoint, Unfit::Why::cannot_be_told, request_.asked.output_bounds.front().name);
    }
    if (!runs_where_asked(endpoint)) {
      return leave_out(endpoint, Unfit::Why::cannot_be_told, "inference_geo");
    }
    if (!is_substitute(endpoint)) return leave_out(endpoint, Unfit::Why::not_declared_equal);
    if (!is_passed_on(request_, *dialect)) {
      make_conversation();
      if (fault_) return leave_out(endpoint, Unfit::Why::cannot_be_told, fault_->param);
      if (auto parameter = not_sayable(request_, *dialect, endpoint)) {
        return leave_out(endpoint, Unfit::Why::cannot_be_told, *parameter);
      }
    } else if (thinks_against_wish(*dialect, endpoint)) {
      return leave_out(endpoint, Unfit::Why::cannot_be_told, request_.surface->parameter("reasoning"));
    }
    anybody_ = true;
  }

  void make_conversation() {
    if (request_.conversation || fault_) return;
    Conversed conversed = request_.surface->conversing()->conversation(request_.body, tokens_);
    if (!conversed) {
      fault_ = conversed.error();
    } else {
      request_.conversation = std::make_unique<providers::Conversation>(*std::move(conversed));
      if (!request_.host_fields.empty()) {  // the client speaks an API that has betas
        request_.conversation->betas = request_.betas;
      }
    }
  }

  void leave_out(const routing::Endpoint& endpoint, Unfit::Why why, std::string_view parameter = {}) {
    request_.demand.unfit.push_back({endpoint.index, why, std::string(parameter)});
  }

  InferenceRequest& request_;
  providers::JsonTokens& tokens_;
  const routing::Endpoint* const first_;
  std::optional<BodyFault> fault_;
  bool anybody_ = false;
};

}  // namespace

const Dialect* dialect_for(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  using providers::Conversational;
  return providers::dialect_for(endpoint.settings->speaks, request.surface->format(),
                                request.surface->conversing() ? Conversational::yes : Conversational::no);
}

bool is_passed_on(const InferenceRequest& request, const Dialect& dialect) {
  const Surface& surface = *request.surface;
  if (dialect.native_format() != surface.format() || !dialect.native()) return false;
  if (dialect.format() != surface.format()) {
    // What a beta is wanted for may stand anywhere in the body.
    if (request.asked.is_for_maker || !dialect.untold_betas(request.betas, {}).empty()) return false;
  }
  return true;
}

const providers::Interpreter* reader_of_reply(const InferenceRequest& request, const Dialect& dialect) {
  const Dialect& words =
      is_passed_on(request, dialect) ? providers::dialect_of(dialect.native_format()) : dialect;
  return words.interpreter();
}

std::string_view advice_on(const InferenceRequest& request, const Unfit& unfit) {
  const routing::Endpoint& endpoint = request.hosts->generation->catalogue->endpoints()[unfit.endpoint];
  const Dialect* dialect = dialect_for(request, endpoint);
  if (unfit.why != Unfit::Why::cannot_be_told || !request.conversation || !dialect) return {};
  return is_passed_on(request, *dialect) ? std::string_view()
                                         : of_turns(request, unsaid_at(request, *dialect, endpoint)).advice;
}

std::optional<ErrorReply> find_unfit(InferenceRequest& request, providers::JsonTokens& tokens) {
  UnfitSearch search(request, tokens);
  search.look_at(*request.demand.model);
  for (const routing::PublicModel* model : request.demand.fallbacks) search.look_at(*model);
  return search.take_error();
}

}  // namespace gateway
