// The tables that gateways share in PostgreSQL, in the schema `isocost`, and how they came to be.
#pragma once

#include "gateway/postgres/connection.hpp"

namespace gateway {

// Makes them what this version of isocost needs; several gateways may do so at the same time. Throws
// std::runtime_error in words where a newer one has been there.
void migrate(Postgres& database);

}  // namespace gateway
