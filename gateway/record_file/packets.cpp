#include "gateway/record_file/packets.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/record_file/record_format.hpp"

namespace gateway {

void PacketWriter::add(const LoggedRequest& request) {
  one_.clear();
  write(request, one_);
  const auto first = static_cast<std::int64_t>(request.decisions[0].snapshot);
  first_ = names_.empty() ? first : std::min(first_, first);
  names_.push_back(quick_digest(request.id));
  all_.number(one_.written().size());
  all_.word(quick_digest(one_.written()));
  all_.raw(one_.written());
}

void PacketWriter::clear() {
  all_.clear();
  names_.clear();
}

std::optional<LoggedRequest> PacketReader::next() {
  while (!rest_.at_end() && !rest_.failed()) {
    const std::uint64_t size = rest_.number(), known = rest_.word();
    const std::string_view bytes = rest_.raw(size);
    if (rest_.failed() || quick_digest(bytes) != known) continue;
    if (auto request = logged_request(bytes)) {
      ++read_;
      return request;
    }
  }
  return std::nullopt;
}

void NameEntries::add(std::uint64_t name, std::int64_t packet) {
  char entry[size];
  std::memcpy(entry, &name, 8);
  std::memcpy(entry + 8, &packet, 8);
  bytes_.append(entry, size);
}

void NameEntries::find(std::string_view entries, std::uint64_t name, std::vector<std::int64_t>& packets) {
  for (; entries.size() >= size; entries.remove_prefix(size)) {
    if (std::memcmp(entries.data(), &name, 8) != 0) continue;
    std::int64_t packet = 0;
    std::memcpy(&packet, entries.data() + 8, 8);
    packets.push_back(packet);
  }
}

}  // namespace gateway
