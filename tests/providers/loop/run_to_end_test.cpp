#include "providers/loop/run_to_end.hpp"

#include <doctest/doctest.h>

#include <boost/asio/post.hpp>
#include <stdexcept>

TEST_CASE("what a handler throws is told, and the loop goes on to its end") {
  boost::asio::io_context loop;
  int told = 0, ran = 0;
  for (int i = 0; i < 3; ++i) {
    boost::asio::post(loop, [] { throw std::runtime_error("bad"); });
    boost::asio::post(loop, [&] { ++ran; });
  }
  providers::run_to_end(loop, [&](const std::exception& fault) {
    CHECK(std::string(fault.what()) == "bad");
    ++told;
  });
  CHECK(told == 3);
  CHECK(ran == 3);
}
