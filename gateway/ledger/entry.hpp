// What the ledger keeps of one request: who asked, whom, what it cost and how that is known. Values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

// How an amount is known: by the host itself, by prices from the host's count of tokens, or by our own count.
enum class CostSource { none, reported, computed, estimated };
inline constexpr std::array<std::string_view, 4> cost_source_names{"none", "reported", "computed",
                                                                   "estimated"};

// lost: the gateway ended before it did.
enum class EntryEnd { answered, refused, broken, client_left, lost };
inline constexpr std::array<std::string_view, 5> entry_end_names{"answered", "refused", "broken",
                                                                 "client_left", "lost"};

// `Text` is std::string, or std::string_view where it is only written, or read and gone.
template <class Text>
struct BasicEntryAttempt {
  Text endpoint{}, provider{}, model{};  // `model` as clients know it
  std::int64_t cost = 0;                 // nano-dollars
  std::int64_t charged = 0;
  CostSource source = CostSource::none;
  std::int64_t prompt = 0, cached = 0, cache_written = 0, output = 0, reasoning = 0;
  std::int64_t milliseconds = 0;
  Text failure{};  // empty: it succeeded
};

template <class Text>
struct BasicEntry {
  using Attempt = BasicEntryAttempt<Text>;
  Text id{};                  // the request's
  std::int64_t began_ms = 0;  // since 1970
  std::int64_t at_ms = 0;     // when it ended
  Text team{}, key{}, user{};
  std::vector<Text> tags{};
  Text model{}, policy{}, path{};
  EntryEnd end = EntryEnd::answered;
  int status = 0;
  bool streamed = false;
  std::int64_t first_ms = 0;  // until the first byte of the answer
  std::int64_t cost = 0, charged = 0;
  std::vector<Attempt> attempts{};
  std::size_t deciding = 0;  // of the attempts

  std::int64_t tokens() const {
    return deciding < attempts.size() ? attempts[deciding].prompt + attempts[deciding].output : 0;
  }
};

using Entry = BasicEntry<std::string>;
using EntryAttempt = Entry::Attempt;
using EntryView = BasicEntry<std::string_view>;

// Behind what is in `bytes`.
void write_entry(const Entry& entry, std::string& bytes);
void write_entry(const EntryView& entry, std::string& bytes);
// False where they are no entry. `detail`: see entry_detail(), in `bytes`.
bool read_entry(std::string_view bytes, EntryView& entry, std::string_view& detail);  // views into `bytes`
bool read_entry(std::string_view bytes, Entry& entry);

// What of it is not kept in columns of its own: all but who asked.
std::string entry_detail(const Entry& entry);
bool read_entry_detail(std::string_view bytes, Entry& entry);
// Its texts are views into `bytes`.
bool read_entry_detail(std::string_view bytes, EntryView& entry);

}  // namespace gateway
