#include "gateway/ledger/entry.hpp"

#include "gateway/record_file/bytes.hpp"

namespace gateway {
namespace {

template <class Text>
void put_detail(const BasicEntry<Text>& entry, ByteWriter& out) {
  out.text(entry.id);
  out.integer(entry.began_ms);
  out.integer(entry.at_ms - entry.began_ms);
  out.number(entry.tags.size());
  for (const Text& tag : entry.tags) out.text(tag);
  out.text(entry.model);
  out.text(entry.policy);
  out.text(entry.path);
  out.number(static_cast<std::uint64_t>(entry.end));
  out.integer(entry.status);
  out.number(entry.streamed ? 1 : 0);
  out.integer(entry.first_ms);
  out.integer(entry.cost);
  out.integer(entry.charged);
  out.number(entry.deciding);
  out.number(entry.attempts.size());
  for (const auto& each : entry.attempts) {
    out.text(each.endpoint);
    out.text(each.provider);
    out.text(each.model);
    out.integer(each.cost);
    out.integer(each.charged);
    out.number(static_cast<std::uint64_t>(each.source));
    for (const std::int64_t tokens :
         {each.prompt, each.cached, each.cache_written, each.output, each.reasoning, each.milliseconds})
      out.integer(tokens);
    out.text(each.failure);
  }
}

template <class Enumeration>
Enumeration enumerator(ByteReader& in, std::size_t count) {
  const std::uint64_t value = in.number();
  return static_cast<Enumeration>(value < count ? value : 0);
}

void take(ByteReader& in, std::string& text) {
  text = in.text_view();
}
void take(ByteReader& in, std::string_view& text) {
  text = in.text_view();
}

template <class Text>
void take_detail(ByteReader& in, BasicEntry<Text>& entry) {
  take(in, entry.id);
  entry.began_ms = in.integer();
  entry.at_ms = entry.began_ms + in.integer();
  entry.tags.resize(in.count());
  for (Text& tag : entry.tags) take(in, tag);
  take(in, entry.model);
  take(in, entry.policy);
  take(in, entry.path);
  entry.end = enumerator<EntryEnd>(in, entry_end_names.size());
  entry.status = static_cast<int>(in.integer());
  entry.streamed = in.number() != 0;
  entry.first_ms = in.integer();
  entry.cost = in.integer();
  entry.charged = in.integer();
  entry.deciding = static_cast<std::size_t>(in.number());
  entry.attempts.resize(in.count());
  for (auto& each : entry.attempts) {
    take(in, each.endpoint);
    take(in, each.provider);
    take(in, each.model);
    each.cost = in.integer();
    each.charged = in.integer();
    each.source = enumerator<CostSource>(in, cost_source_names.size());
    for (std::int64_t* tokens :
         {&each.prompt, &each.cached, &each.cache_written, &each.output, &each.reasoning, &each.milliseconds})
      *tokens = in.integer();
    take(in, each.failure);
  }
}

template <class Text>
void put(const BasicEntry<Text>& entry, std::string& bytes) {
  thread_local ByteWriter out;  // keeps its memory
  out.clear();
  out.text(entry.team);
  out.text(entry.key);
  out.text(entry.user);
  put_detail(entry, out);
  bytes.assign(out.written());
}

template <class Text>
bool read(std::string_view bytes, BasicEntry<Text>& entry, std::string_view& detail) {
  ByteReader in(bytes);
  take(in, entry.team);
  take(in, entry.key);
  take(in, entry.user);
  detail = in.rest();
  take_detail(in, entry);
  return !in.failed() && in.at_end();
}

}  // namespace

void write_entry(const Entry& entry, std::string& bytes) {
  put(entry, bytes);
}
void write_entry(const EntryView& entry, std::string& bytes) {
  put(entry, bytes);
}

bool read_entry(std::string_view bytes, Entry& entry) {
  std::string_view detail;
  return read(bytes, entry, detail);
}
bool read_entry(std::string_view bytes, EntryView& entry, std::string_view& detail) {
  return read(bytes, entry, detail);
}

std::string entry_detail(const Entry& entry) {
  ByteWriter out;
  put_detail(entry, out);
  return out.take();
}

bool read_entry_detail(std::string_view bytes, Entry& entry) {
  ByteReader in(bytes);
  take_detail(in, entry);
  return !in.failed();
}

bool read_entry_detail(std::string_view bytes, EntryView& entry) {
  ByteReader in(bytes);
  take_detail(in, entry);
  return !in.failed();
}

}  // namespace gateway
