#include "gateway/addresses/client_address.hpp"

#include <doctest/doctest.h>

#include <string>

#include "gateway/addresses/connection_limit.hpp"
#include "gateway/addresses/forwarded_client.hpp"

using boost::asio::ip::make_address;
using gateway::AddressCounts;

namespace {

std::vector<config::AddressRange> ranges(std::initializer_list<std::string_view> texts) {
  std::vector<config::AddressRange> all;
  for (const std::string_view text : texts) {
    all.push_back(std::get<config::AddressRange>(config::parse_address_range(text)));
  }
  return all;
}

const std::vector<config::AddressRange> trusted = ranges({"10.0.0.0/8", "2001:db8:1::/48"});

std::string client_of(std::string_view fields) {
  const auto client = gateway::forwarded_client(fields, trusted);
  return client ? client->to_string() : "nobody";
}

}  // namespace

TEST_CASE("a client is the last hop that is no trusted proxy, whatever it says of those before it") {
  CHECK(client_of("203.0.113.9") == "203.0.113.9");
  CHECK(client_of("6.6.6.6, 203.0.113.9, 10.1.2.3") == "203.0.113.9");
  CHECK(client_of(" 203.0.113.9:4711 ,\t[2001:db8:1::2]:80, ") == "203.0.113.9");
  CHECK(client_of("::ffff:203.0.113.9") == "203.0.113.9");
  CHECK(client_of("[2001:db8::7]:4711") == "2001:db8::7");
}

TEST_CASE(
    "where all hops are trusted the first one is the client, and where one is no address there is none") {
  CHECK(client_of("10.0.0.1, 10.0.0.2") == "10.0.0.1");
  CHECK(client_of("203.0.113.9, unknown, 10.0.0.2") == "nobody");
  CHECK(client_of("") == "nobody");
  CHECK(client_of(" , ") == "nobody");
}

TEST_CASE("an address of IPv4 is in a range however its socket gives it") {
  CHECK(gateway::is_in(make_address("10.200.0.1"), trusted));
  CHECK(gateway::is_in(make_address("::ffff:10.200.0.1"), trusted));
  CHECK_FALSE(gateway::is_in(make_address("11.0.0.1"), trusted));
  CHECK(gateway::is_in(make_address("2001:db8:1:2::3"), trusted));
  CHECK_FALSE(gateway::is_in(make_address("2001:db8:2::3"), trusted));
  CHECK_FALSE(gateway::is_in(make_address("10.0.0.1"), {}));
  CHECK(gateway::as_itself(make_address("::ffff:10.0.0.1")) == make_address("10.0.0.1"));
  CHECK(gateway::as_itself(make_address("::1")) == make_address("::1"));
}

TEST_CASE("an address has so many connections and no more, until one of them ends") {
  AddressCounts counts(2);
  const auto address = make_address("203.0.113.9");
  CHECK(counts.enter(address));
  CHECK(counts.enter(address));
  CHECK_FALSE(counts.enter(address));
  CHECK(counts.enter(make_address("203.0.113.10")));
  counts.leave(address);
  CHECK(counts.enter(address));
  counts.leave(make_address("198.51.100.1"));  // who never came
}

TEST_CASE("whoever has an IPv6 address has all of the network around it, and is counted once for it") {
  AddressCounts counts(1);
  CHECK(counts.enter(make_address("2001:db8::1")));
  CHECK_FALSE(counts.enter(make_address("2001:db8::ffff:2")));
  CHECK(counts.enter(make_address("2001:db8:0:1::1")));
}

TEST_CASE("this machine's own programs are counted where that is said alone, and nobody is without a limit") {
  CHECK_FALSE(AddressCounts(1).limits(make_address("127.0.0.1")));
  CHECK(AddressCounts(1, AddressCounts::Loopback::counted).limits(make_address("127.0.0.1")));
  CHECK(AddressCounts(1).limits(make_address("203.0.113.9")));
  CHECK_FALSE(AddressCounts(0).limits(make_address("203.0.113.9")));
}

TEST_CASE("a request behind a trusted proxy counts for its client while it is under way") {
  AddressCounts counts(1);
  const gateway::Peer proxy{.address = make_address("10.0.0.1"), .is_proxy = true};
  gateway::Incoming incoming;
  incoming.forwarded_for = "203.0.113.9";
  {
    const gateway::ForwardedClient first(counts, proxy, trusted, incoming);
    CHECK(first.is_within_limit());
    CHECK(incoming.client == "203.0.113.9");
    const gateway::ForwardedClient second(counts, proxy, trusted, incoming);
    CHECK_FALSE(second.is_within_limit());
  }
  CHECK(gateway::ForwardedClient(counts, proxy, trusted, incoming).is_within_limit());
}

TEST_CASE("what a client says of itself counts for nothing where no proxy speaks for it") {
  AddressCounts counts(1);
  gateway::Incoming incoming;
  incoming.forwarded_for = "203.0.113.9";
  incoming.client = "198.51.100.1";
  const gateway::Peer peer{.address = make_address("198.51.100.1")};
  const gateway::ForwardedClient client(counts, peer, trusted, incoming);
  CHECK(client.is_within_limit());
  CHECK(incoming.client == "198.51.100.1");
  CHECK(counts.enter(make_address("203.0.113.9")));
}

TEST_CASE("the gateway has so many connections and no more") {
  gateway::ConnectionLimit limit(2);
  CHECK(limit.enter());
  CHECK(limit.enter());
  CHECK_FALSE(limit.enter());  // counted all the same, until it is turned away
  limit.leave();
  limit.leave();
  CHECK(limit.open() == 1);
  CHECK(limit.enter());
}
