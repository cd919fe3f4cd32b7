#include "gateway/run/refusals.hpp"

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

const Surface& surface_at(std::string_view path) {
  const Surface* own = own_surface(path);
  return own ? *own : *surface_of(config::Format::chat, root_of(path));
}

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

Task<void> refuse(Front& front, HttpClient& client, const Surface& surface, const ErrorReply& error,
                  std::string_view id, std::string_view more_fields) {
  const std::string fresh = id.empty() ? new_id(front.services.dice) : std::string();
  if (id.empty()) id = fresh;
  std::string fields = error_fields(surface, id, error);
  fields += more_fields;
  const std::string body = surface.error_body(error, id);
  co_await client.answer({.status = error.status, .content_type = "application/json", .fields = fields},
                         body);
}

Refused refused_by(const NotAdmitted& no) {
  return {.path = no.path,
          .key = no.key,
          .reason = no.reason,
          .more_fields = no.fields,
          .shed = no.shed,
          .priority = no.priority};
}

std::string note_refusal(Front& front, const Incoming& incoming, const ErrorReply& error,
                         const Refused& refused) {
  DecidingServices& services = front.services;
  RecordPtr record = front.outbox.blank();
  refused_record(*record, error, refused.path, incoming, refused.key, services.timer);
  if (!refused.reason.empty()) record->error = refused.reason;
  record->id = new_id(services.dice);
  record->shed = refused.shed;
  record->priority = refused.priority;
  record->client = incoming.client;
  std::string id = record->id;
  front.outbox.add(std::move(record));
  return id;
}

Task<void> turn_down(Front& front, const Incoming& incoming, HttpClient& client, const ErrorReply& error,
                     Refused refused) {
  const std::string id = note_refusal(front, incoming, error, refused);
  co_await refuse(front, client, surface_for(incoming), error, id, refused.more_fields);
}

Task<void> refuse_unread(Front& front, providers::Connection& connection, const Surface& surface,
                         const ErrorReply& error, std::string_view id, std::string_view more_fields) {
  HttpClient client(connection, front.services.timer, std::chrono::seconds(5), {.after = AfterReply::close});
  co_await refuse(front, client, surface, error, id, more_fields);
  co_await linger(connection, front.services.timer);
}

}  // namespace gateway
