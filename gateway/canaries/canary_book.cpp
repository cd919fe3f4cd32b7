#include "gateway/canaries/canary_book.hpp"

#include <algorithm>

#include "gateway/record_file/bytes.hpp"
#include "gateway/record_file/record_format.hpp"

namespace gateway {
namespace {

constexpr std::uint64_t book_mark = 0x32595241'4e4143u;   // "CANARY2"
constexpr std::uint64_t spent_mark = 0x31595241'4e4143u;  // "CANARY1"

std::int64_t count_of(config::WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

bool is_known(const routing::CanaryPast::Memory& memory) {
  return memory != routing::CanaryPast::Memory{};
}

// Names the members once, for both directions.
void memory_numbers(const auto& io, auto& m) {
  io(m.counts), io(m.others_in_a_row), io(m.answers), io(m.mean), io(m.variance), io(m.likely);
  io(m.drift);
  for (auto& said : m.said) io(said);
}

}  // namespace

std::string bytes_of(const CanaryBook& book) {
  ByteWriter bytes;
  const auto put = [&](double value) { bytes.real(value); };
  bytes.number(book.accounts.size());
  for (const auto& [key, account] : book.accounts) {
    bytes.word(key.first), bytes.word(key.second);
    bytes.integer(account.day), bytes.integer(account.spent), bytes.integer(account.dearest);
    bytes.number(account.asked), bytes.integer(count_of(account.next));
  }
  bytes.number(book.pasts.size());
  for (const auto& [key, texts] : book.pasts) {
    bytes.word(key.first), bytes.word(key.second);
    // Most are not asked of most.
    bytes.number(static_cast<std::uint64_t>(std::ranges::count_if(texts, is_known)));
    for (std::size_t text = 0; text < texts.size(); ++text) {
      const routing::CanaryPast::Memory& each = texts[text];
      if (!is_known(each)) continue;
      bytes.number(text);
      bytes.integer(each.counted), bytes.integer(each.other);
      bytes.number(each.has_last ? 1 : 0), bytes.word(each.last);
      for (const std::uint64_t word : each.words) bytes.word(word);
      memory_numbers(put, each);
    }
  }
  bytes.number(book.borders.size());
  for (const auto& [model, texts] : book.borders) {
    bytes.word(model);
    for (const auto& each : texts) put(each.pairs), put(each.differing), put(each.leads), put(each.near);
  }
  const std::string body = bytes.take();
  bytes.word(book_mark), bytes.word(static_cast<std::uint64_t>(digest(body)));
  return bytes.take() + body;
}

std::optional<CanaryBook> canary_book(std::string_view text) {
  constexpr std::size_t head_size = 16;
  ByteReader head(text.substr(0, head_size));
  const std::uint64_t mark = head.word();
  if (mark != book_mark && mark != spent_mark) return std::nullopt;
  const auto expected = static_cast<std::int64_t>(head.word());
  if (head.failed() || digest(text.substr(head_size)) != expected) return std::nullopt;
  ByteReader bytes(text.substr(head_size));
  const auto get = [&](double& value) { value = bytes.real(); };
  CanaryBook book;
  for (std::uint64_t left = bytes.number(); left > 0 && !bytes.failed(); --left) {
    const std::uint64_t asked = bytes.word(), named = bytes.word();
    routing::CanaryTurns::Account& account = book.accounts[{asked, named}];
    account.day = bytes.integer(), account.spent = bytes.integer(), account.dearest = bytes.integer();
    account.asked = bytes.number();
    account.next = config::WallTime(std::chrono::milliseconds(bytes.integer()));
  }
  if (mark == spent_mark) return bytes.failed() ? std::nullopt : std::optional(std::move(book));
  for (std::uint64_t left = bytes.number(); left > 0 && !bytes.failed(); --left) {
    const std::uint64_t asked = bytes.word(), named = bytes.word();
    routing::CanaryPast::Memories& texts = book.pasts[{asked, named}];
    for (std::uint64_t known = bytes.number(); known > 0 && !bytes.failed(); --known) {
      const std::uint64_t number = bytes.number();
      if (number >= texts.size()) return std::nullopt;
      routing::CanaryPast::Memory& each = texts[number];
      each.counted = bytes.integer(), each.other = bytes.integer();
      each.has_last = bytes.number() != 0, each.last = bytes.word();
      for (std::uint64_t& word : each.words) word = bytes.word();
      memory_numbers(get, each);
    }
  }
  for (std::uint64_t left = bytes.number(); left > 0 && !bytes.failed(); --left) {
    for (auto& each : book.borders[bytes.word()])
      get(each.pairs), get(each.differing), get(each.leads), get(each.near);
  }
  if (bytes.failed() || !bytes.at_end()) return std::nullopt;
  return book;
}

}  // namespace gateway
