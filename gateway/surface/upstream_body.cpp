#include "gateway/surface/upstream_body.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/surface/item_edits.hpp"
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

// Each input goes with the comma that parts it from those that stay.
void part_inputs(const ClientBody& request, const SentAs& sent, std::vector<Edit>& edits) {
  const auto& inputs = request.inputs;
  if (inputs.empty()) return;
  const std::size_t end = std::min(sent.end_input, inputs.size());
  if (sent.first_input > 0) edits.push_back({{inputs.front().begin, inputs[sent.first_input].begin}, {}});
  if (end < inputs.size()) edits.push_back({{inputs[end - 1].end, inputs.back().end}, {}});
}

// An item goes back to who made it, without the mark, and to nobody else.
void leave_to_owners(const ClientBody& request, std::uint64_t owner, std::vector<Edit>& edits) {
  if (request.owned_items.empty()) return;
  std::vector<std::size_t> out = request.unusable_items;
  for (const OwnedItem& each : request.owned_items) {
    if (std::binary_search(request.unusable_items.begin(), request.unusable_items.end(), each.item)) continue;
    if (each.owner == owner) {
      edits.push_back({each.mark, {}});
    } else {
      out.push_back(each.item);
    }
  }
  std::sort(out.begin(), out.end());
  take_out_items(request.items, out, edits);
}

// `members`: as they stand. Those that nothing follows take the comma before them along.
void take_out(std::span<const MemberPlace> members, const ClientBody& request, std::vector<Edit>& edits) {
  std::size_t end = request.object.end - 1;
  while (!members.empty() && members.back().end == end) {
    end = members.back().begin;
    if (members.size() == 1 || members[members.size() - 2].end != end) {
      edits.push_back({{members.back().before, request.object.end - 1}, {}});
    }
    members = members.first(members.size() - 1);
  }
  for (const MemberPlace& member : members) edits.push_back({{member.begin, member.end}, {}});
}

void take_out_members(const ClientBody& request, const SentAs& sent, std::vector<Edit>& edits) {
  const bool takes_more =
      !sent.says_model || !sent.says_stream || (sent.replaces_thinking && !request.thinking.members.empty());
  if (!takes_more) return take_out(request.routing_members, request, edits);
  std::vector<MemberPlace> members = request.routing_members;
  const auto add = [&](const MemberPlace& member) {
    if (member.end > 0) members.push_back(member);
  };
  if (!sent.says_model) add(request.model_member);
  if (!sent.says_stream) add(request.stream_member);
  if (sent.replaces_thinking) std::ranges::for_each(request.thinking.members, add);
  std::ranges::sort(members, {}, &MemberPlace::begin);
  take_out(members, request, edits);
}

// A bound that is put in, with the comma behind it where something follows.
std::string bound_member(const ClientBody& request, const SentAs& sent) {
  std::string member = "\"";
  member.append(sent.new_bound).append("\":").append(std::to_string(sent.most_output->count));
  if (request.bounds_in.empty()) return member + ",";
  if (!request.bounds_object.empty()) return request.is_bounds_object_empty ? member : member + ",";
  return std::string("\"").append(request.bounds_in).append("\":{").append(member).append("},");
}

}  // namespace

UpstreamBody::UpstreamBody(const ClientBody& request, std::string_view text, std::string_view host_model,
                           const SentAs& sent) {
  const bool is_new = request.model_value.empty();
  std::string model;
  if (sent.says_model) {
    model = is_new ? "\"model\":\"" : "\"";
    providers::append_escaped(model, host_model);
    model += is_new ? "\"," : "\"";
  }
  const std::size_t model_size = model.size();
  if (sent.most_output) model += std::to_string(sent.most_output->count);
  const std::size_t bound_begin = model.size();
  const bool adds_bound = sent.most_output && !sent.new_bound.empty() && request.output_bounds.empty();
  if (adds_bound) model += bound_member(request, sent);
  const std::size_t members_begin = model.size();
  model.append(sent.new_members).append(sent.thinking_members);
  // Said to the router alone.
  const bool is_for_us = request.thinking.members.empty() && !request.thinking.effort.empty();
  if (is_for_us && !sent.replaces_thinking) {
    model.append("\"reasoning_effort\":\"").append(request.thinking.effort).append("\",");
  }
  own_.assign(model.begin(), model.end());

  std::vector<Edit> edits;
  edits.reserve(4 + request.routing_members.size() + request.edits.size() + request.stateless_edits.size());
  if (sent.says_model) {
    edits.push_back(
        {is_new ? before(request.object.begin + 1) : request.model_value, {own_.data(), model_size}});
  }
  if (own_.size() > members_begin) {
    edits.push_back(
        {before(request.object.begin + 1), {own_.data() + members_begin, own_.size() - members_begin}});
  }
  if (request.stream && !request.streams_tell_usage) edits.push_back(with_usage(request));
  edits.insert(edits.end(), request.edits.begin(), request.edits.end());
  for (const OutputBound& bound : request.output_bounds) {
    if (!sent.most_output || bound.tokens <= sent.most_output->count) continue;
    edits.push_back({bound.value, {own_.data() + model_size, bound_begin - model_size}});
  }
  if (adds_bound) {
    const bool is_inside = !request.bounds_in.empty() && !request.bounds_object.empty();
    const std::size_t begin = is_inside ? request.bounds_object.begin : request.object.begin;
    edits.push_back({before(begin + 1), {own_.data() + bound_begin, members_begin - bound_begin}});
  }
  if (!sent.may_store) {
    edits.insert(edits.end(), request.stateless_edits.begin(), request.stateless_edits.end());
  }
  if (sent.thoughts_member.empty()) {
    edits.insert(edits.end(), request.thought_edits.begin(), request.thought_edits.end());
  } else if (!sent.knows_details) {
    for (Edit edit : request.details_edits) {
      if (edit.text == usual_thoughts_member) edit.text = sent.thoughts_member;
      edits.push_back(edit);
    }
  }
  if (request.referred) edits.push_back({request.referred->value, request.referred->native});
  edits.insert(edits.end(), sent.more.begin(), sent.more.end());
  part_inputs(request, sent, edits);
  leave_to_owners(request, sent.owner, edits);
  take_out_members(request, sent, edits);
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
