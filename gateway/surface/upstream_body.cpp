#include "gateway/surface/upstream_body.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "providers/json/json_text.hpp"

namespace gateway {
namespace {

using providers::ByteRange;

using Edit = BodyEdit;

ByteRange before(std::size_t at) {
  return {at, at};
}

// What makes the host report usage in its stream. The client's own wish is kept where it is already so.
Edit with_usage(const ClientBody& request) {
  // In both objects a member follows, so that the comma is right.
  if (!request.stream_options) {
    return {before(request.object.begin + 1), "\"stream_options\":{\"include_usage\":true},"};
  }
  if (request.stream_options_empty) return {*request.stream_options, "{\"include_usage\":true}"};
  if (request.include_usage_value) return {*request.include_usage_value, "true"};
  return {before(request.stream_options->begin + 1), "\"include_usage\":true,"};
}

void remove_routing_members(const ClientBody& request, std::vector<Edit>& edits) {
  for (const ByteRange& member : request.routing_members) {
    if (member.begin < request.kept_end) {
      edits.push_back({member, {}});
    } else {
      // The first of those at the end takes the rest along, and the comma before it.
      edits.push_back({{request.kept_end, request.object.end - 1}, {}});
      return;
    }
  }
}

}  // namespace

UpstreamBody::UpstreamBody(const ClientBody& request, std::string_view text, std::string_view host_model,
                           RoutingMembers members) {
  const bool is_new = request.model_value.empty();
  std::string model = is_new ? "\"model\":\"" : "\"";
  providers::append_escaped(model, host_model);
  model += is_new ? "\"," : "\"";
  own_.assign(model.begin(), model.end());

  std::vector<Edit> edits;
  edits.reserve(2 + request.routing_members.size() + request.edits.size());
  edits.push_back(
      {is_new ? before(request.object.begin + 1) : request.model_value, {own_.data(), own_.size()}});
  if (request.stream && !request.streams_tell_usage) edits.push_back(with_usage(request));
  edits.insert(edits.end(), request.edits.begin(), request.edits.end());
  if (members == RoutingMembers::removed) remove_routing_members(request, edits);
  // What is put in at a place comes before what is taken out there.
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
  });

  pieces_.reserve(2 * edits.size() + 1);
  const auto piece = [this](std::string_view bytes) {
    if (bytes.empty()) return;
    pieces_.push_back(bytes);
    size_ += bytes.size();
  };
  std::size_t copied = request.object.begin;  // white space around the object is left out
  for (const Edit& edit : edits) {
    piece(text.substr(copied, edit.range.begin - copied));
    piece(edit.text);
    copied = edit.range.end;
  }
  piece(text.substr(copied, request.object.end - copied));
  if (pieces_.size() > most_pieces) join();
}

void UpstreamBody::join() {
  joined_.reserve(size_);
  for (const std::string_view each : pieces_) joined_.insert(joined_.end(), each.begin(), each.end());
  pieces_.assign(1, {joined_.data(), joined_.size()});
}

}  // namespace gateway
