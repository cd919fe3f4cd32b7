// Keys in PostgreSQL, which several gateways change and look at.
#pragma once

#include "gateway/keys/key_table.hpp"
#include "gateway/postgres/connection.hpp"

namespace gateway {

// Connects when it is first used, and anew after each fault.
std::unique_ptr<KeyTable> keys_in_postgres(const PostgresAddress& address);

}  // namespace gateway
