#include "gateway/run/dispatch.hpp"

#include "gateway/request/understand.hpp"
#include "gateway/run/pages.hpp"
#include "gateway/run/refusals.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "gateway/serving/serve.hpp"
#include "gateway/surfaces/surfaces.hpp"

namespace gateway {
namespace {

using providers::Task;

Task<void> infer(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client, Interruption& interruption) {
  Services& services = front.services;
  auto understood = understand(*surface_of(route.format, route.root), incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood)) {
    co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
    co_return;
  }
  auto& request = std::get<InferenceRequest>(understood);
  Reply reply(client, services.timer, *request.surface, request.id);
  RecordPtr record;
  try {
    record = co_await serve(services, request, reply, interruption);
  } catch (const std::exception&) {
    // Not even the end could be told.
  }
  if (!record || record->error == "internal_error") front.metrics.count(Event::escaped_exception);
  if (!record) {
    const ErrorReply error = plain_error(500, "server_error", "internal_error", "The gateway failed.");
    record = services.outbox.blank();
    refused_record(*record, error, route.name, incoming, key, services.timer);
    record->id = request.id;
    if (!reply.committed()) co_await refuse(front, client, *request.surface, error);
  }
  record->client = incoming.client;
  record->bytes_out = client.bytes_out();
  services.outbox.add(std::move(record));
}

// How long a prompt is, by the same estimate that decisions are made by. No host is asked.
Task<void> count(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client) {
  const Counting& counting = *surface_of(route.format, route.root)->counting();
  const auto counted = counted_prompt(counting, incoming.body, key, front.services);
  if (const auto* error = std::get_if<ErrorReply>(&counted)) {
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  }
  const std::string body = counting.answer(std::get<config::Tokens>(counted));
  co_await client.answer(
      {.status = 200, .content_type = "application/json", .fields = "x-isocost-estimate: true\r\n"}, body);
}

auto admission_of(const Front& front, const Incoming& incoming, KeptKey& kept) {
  const Generation& generation = *front.services.hosts->generation;
  return admit(incoming, front.offers, front.reach, generation.keys, generation.catalogue->generation(),
               kept);
}

}  // namespace

std::optional<NotAdmitted> refused_by_head(const Front& front, const Incoming& incoming, KeptKey& kept) {
  auto admission = admission_of(front, incoming, kept);
  auto* refused = std::get_if<NotAdmitted>(&admission);
  return refused ? std::optional(std::move(*refused)) : std::nullopt;
}

Task<void> dispatch(Front& front, Incoming& incoming, KeptKey& kept, HttpClient& client,
                    Interruption& interruption) {
  const auto admission = admission_of(front, incoming, kept);
  if (const auto* no = std::get_if<NotAdmitted>(&admission)) {
    co_return co_await turn_down(front, incoming, client, no->error, refused_by(*no));
  }
  const auto& [found, key] = std::get<Admitted>(admission);
  if (found.page == Page::inference) {
    co_await infer(front, found, incoming, key, client, interruption);
  } else if (found.page == Page::counting) {
    co_await count(front, found, incoming, key, client);
  } else {
    co_await answer_page(front, found, incoming, key, client);
  }
}

}  // namespace gateway
