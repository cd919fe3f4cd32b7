// Turns a loop until it has nothing left to do, whatever is thrown meanwhile: Beast and Asio can throw past
// every try in a coroutine, out of run(). For the thread of that loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <exception>

namespace providers {

// Calls escaped(fault) for each std::exception, and goes on.
template <class Escaped>
void run_to_end(boost::asio::io_context& loop, Escaped escaped) {
  for (;;) {
    try {
      loop.run();
      return;
    } catch (const std::exception& fault) {
      escaped(fault);
    }
  }
}

}  // namespace providers
