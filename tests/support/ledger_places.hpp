// Where a ledger may be: the same holds of both.
#pragma once

#include "config/values/settings.hpp"
#include "tests/support/postgres_server.hpp"

namespace support {

struct InFile {
  static bool is_there() { return true; }
  static void place(config::LedgerSettings&) {}
};

struct InPostgres {
  static bool is_there() { return PostgresServer::instance().is_there(); }
  static void place(config::LedgerSettings& settings) {
    const auto address = PostgresServer::instance().database();
    settings.url = address.url;
    settings.password = address.password;
  }
};

}  // namespace support
