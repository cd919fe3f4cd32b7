#include "gateway/engines/name_finding.hpp"

#include <doctest/doctest.h>

using gateway::NameFinding;

namespace {

using Texts = std::vector<std::string>;

bool found(NameFinding& finding, const Texts& texts) {
  std::vector<boost::asio::ip::address> all;
  for (const std::string& each : texts) all.push_back(boost::asio::ip::make_address(each));
  return finding.found(all);
}

}  // namespace

TEST_CASE("a new address is there at once, one that is lacking goes with the second look-up") {
  NameFinding finding;
  CHECK(found(finding, {"10.0.0.2", "10.0.0.1"}));
  CHECK(finding.addresses() == Texts{"10.0.0.1", "10.0.0.2"});
  CHECK(!found(finding, {"10.0.0.1", "10.0.0.2"}));
  CHECK(!found(finding, {"10.0.0.1"}));
  CHECK(finding.addresses().size() == 2);
  CHECK(found(finding, {"10.0.0.1"}));
  CHECK(finding.addresses() == Texts{"10.0.0.1"});
}

TEST_CASE("a name server that tells a part of all each time changes nothing") {
  NameFinding finding;
  found(finding, {"10.0.0.1", "10.0.0.2"});
  for (int i = 0; i < 10; ++i) {
    CHECK(!found(finding, {"10.0.0.1"}));
    CHECK(!found(finding, {"10.0.0.2"}));
  }
}

TEST_CASE("addresses of both families are the same hosts, an empty answer is none, and there is an end") {
  NameFinding finding({"10.0.0.1"});
  CHECK(!found(finding, {"fd00::1", "10.0.0.1"}));
  CHECK(!found(finding, {}));
  CHECK(finding.addresses() == Texts{"10.0.0.1"});
  NameFinding six;
  found(six, {"fd00::1"});
  CHECK(six.addresses() == Texts{"fd00::1"});
  Texts many;
  for (int i = 0; i < 1000; ++i)
    many.push_back("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  found(finding, many);
  CHECK(finding.addresses().size() == NameFinding::most);
}
