#include "providers/loop/regularly.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

using namespace std::chrono_literals;

TEST_CASE("what is done regularly is done until it is ended, also from within, and then keeps no loop") {
  boost::asio::io_context io{1};
  providers::Regularly counting(io);
  int times = 0;
  counting.begin(0ms, [&] {
    if (++times == 3) counting.end();
  });
  io.run();
  CHECK(times == 3);
  counting.begin(0ms, [&] { ++times; });
  counting.end();
  io.restart();
  io.run();
  CHECK(times == 3);
}
