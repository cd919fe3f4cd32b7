// What is known of a name's addresses, look-up by look-up. Pure values, no thread rule.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <map>
#include <string>
#include <vector>

namespace gateway {

class NameFinding {
 public:
  NameFinding() = default;
  explicit NameFinding(const std::vector<std::string>& known) {
    for (const std::string& address : known) missed_[address] = 0;
  }

  // A look-up found these. Some name servers give a part of all each time: one that is lacking goes when two
  // look-ups in a row lack it. Where there are addresses of both families they are taken for the same hosts,
  // and IPv4's alone are used. Returns whether the addresses are others now.
  bool found(const std::vector<boost::asio::ip::address>& all);
  std::vector<std::string> addresses() const;

  static constexpr std::size_t most = 256;

 private:
  std::map<std::string, int> missed_;  // in how many look-ups in a row, by address
};

}  // namespace gateway
