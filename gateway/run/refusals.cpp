#include "gateway/run/refusals.hpp"

#include <utility>

#include "gateway/http/request_reader.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "gateway/surfaces/surfaces.hpp"

namespace gateway {

using providers::Task;

namespace {

// Null where no surface has the path for itself.
const Surface* own_surface(std::string_view path) {
  const Routed routed = route(Method::post, path);
  const auto* there = std::get_if<Route>(&routed);
  const bool is_of_one = there && (there->page == Page::inference || there->page == Page::counting);
  return is_of_one ? surface_of(there->format, root_of(path)) : nullptr;
}

}  // namespace

const Surface& surface_for(const Incoming& incoming) {
  if (const Surface* own = own_surface(incoming.path)) return *own;
  const Root root = root_of(incoming.path);
  if (incoming.api.is_googles) return *surface_of(config::Format::gemini, root);
  const bool is_anthropic = !incoming.api.version.empty();
  return *surface_of(is_anthropic ? config::Format::messages : config::Format::chat, root);
}

const Surface& any_surface() {
  return *surface_of(config::Format::chat);
}

RefusalWords words_for(Front& front, const Surface& surface, const ErrorReply& error, std::string_view id,
                       std::string_view more_fields) {
  RefusalWords words{.id = id.empty() ? new_id(front.services.dice) : std::string(id),
                     .status = error.status};
  words.fields = error_fields(surface, words.id, error);
  words.fields += more_fields;
  words.body = surface.error_body(error, words.id);
  return words;
}

Task<void> refuse(HttpClient& client, RefusalWords words) {
  co_await client.answer({.status = words.status, .content_type = "application/json", .fields = words.fields},
                         words.body);
}

Refused refused_by(const NotAdmitted& no) {
  return {.path = no.path,
          .key = no.key,
          .reason = no.reason,
          .more_fields = no.fields,
          .shed = no.shed,
          .priority = no.priority};
}

RefusalWords note_refusal(Front& front, const Incoming& incoming, const ErrorReply& error,
                          const Refused& refused) {
  DecidingServices& services = front.services;
  RefusalWords words = words_for(front, surface_for(incoming), error, {}, refused.more_fields);
  if (incoming.method == Method::head) words.wanted = BodyWanted::no;
  RecordPtr record = front.outbox.blank();
  refused_record(*record, error, refused.path, incoming, refused.key, services.timer);
  if (!refused.reason.empty()) record->error = refused.reason;
  record->id = words.id;
  record->shed = refused.shed;
  record->priority = refused.priority;
  record->client = incoming.client;
  if (refused.received) record->bytes_in = *refused.received;
  if (words.wanted == BodyWanted::yes) record->bytes_out = words.body.size();
  front.outbox.add(std::move(record));
  return words;
}

Task<void> turn_down(Front& front, const Incoming& incoming, HttpClient& client, const ErrorReply& error,
                     Refused refused) {
  co_await refuse(client, note_refusal(front, incoming, error, refused));
}

Task<void> refuse_unread(Front& front, providers::Connection& connection, RefusalWords words) {
  HttpClient client(connection, front.services.timer, std::chrono::seconds(5),
                    {.after = AfterReply::close, .body = words.wanted});
  co_await refuse(client, std::move(words));
  co_await linger(connection, front.services.timer);
}

}  // namespace gateway
