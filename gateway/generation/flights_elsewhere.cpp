#include "gateway/generation/flights_elsewhere.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "routing/terms/succession.hpp"

namespace gateway {
namespace {

constexpr int most_flights = 1'000'000;  // at one endpoint

struct Told {
  std::vector<routing::Identity> endpoints;
  std::vector<int> flights;
};

void append_hexadecimal(std::string& text, std::uint64_t number) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 16);
  text.append(digits, end.ptr);
}

// The number before the next `end`, or before the end of the text; both are taken off.
template <class Number>
bool take_number(std::string_view& text, char end, int base, Number& number) {
  const std::string_view digits = text.substr(0, text.find(end));
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  text.remove_prefix(std::min(text.size(), digits.size() + 1));
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size();
}

std::optional<Told> read(std::string_view text) {
  Told told;
  while (!text.empty()) {
    routing::Identity endpoint;
    int flights = 0;
    const bool is_good = take_number(text, '-', 16, endpoint.asked) &&
                         take_number(text, '-', 16, endpoint.named) && take_number(text, ' ', 10, flights);
    if (!is_good || flights < 1 || flights > most_flights) return std::nullopt;
    told.endpoints.push_back(endpoint);
    told.flights.push_back(flights);
  }
  return told;
}

}  // namespace

std::string flights_text(const Generation& generation) {
  std::string text;
  const auto& endpoints = generation.catalogue->endpoints();
  for (routing::EndpointIndex each = 0; each < endpoints.size(); ++each) {
    const int flights = generation.in_flight.at(each);
    if (flights <= 0) continue;
    const routing::Identity identity = routing::identity_of(endpoints[each]);
    if (!text.empty()) text += ' ';
    append_hexadecimal(text, identity.asked);
    text += '-';
    append_hexadecimal(text, identity.named);
    text += '-';
    text += std::to_string(std::min(flights, most_flights));
  }
  return text;
}

bool FlightsElsewhere::take(std::shared_ptr<const Generation> newest, std::string_view text) {
  const auto told = read(text);
  if (!told) return false;
  std::vector<routing::Identity> here;
  for (const routing::Endpoint& each : newest->catalogue->endpoints())
    here.push_back(routing::identity_of(each));
  const auto known = routing::predecessors(here, told->endpoints);
  std::vector<int> flights(here.size(), 0);
  for (std::size_t each = 0; each < here.size(); ++each) {
    if (known[each]) flights[each] = told->flights[*known[each]];
  }
  if (newest == generation_) {
    std::vector<int> more(flights.size(), 0);
    for (std::size_t each = 0; each < flights.size(); ++each) more[each] = flights[each] - flights_[each];
    count(more, 1);
    flights_ = std::move(flights);
    return true;
  }
  // Rather too many for a moment than too few.
  FlightsElsewhere before;
  before.generation_ = std::exchange(generation_, std::move(newest));
  before.flights_ = std::exchange(flights_, std::move(flights));
  count(flights_, 1);
  return true;
}

void FlightsElsewhere::end() {
  if (generation_) count(flights_, -1);
  generation_.reset();
  flights_.clear();
}

void FlightsElsewhere::count(const std::vector<int>& flights, int sign) const {
  for (std::size_t each = 0; each < flights.size(); ++each) {
    if (flights[each] == 0) continue;
    generation_->in_flight.counter(static_cast<routing::EndpointIndex>(each)).fetch_add(sign * flights[each]);
  }
}

}  // namespace gateway
