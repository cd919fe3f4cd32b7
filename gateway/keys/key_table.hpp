// Where keys are that were made while a gateway ran: who they are, without themselves. Belongs to one thread;
// what goes wrong with disk or database is thrown as std::runtime_error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/keys/stored_key.hpp"

namespace gateway {

class KeyTable {
 public:
  virtual ~KeyTable() = default;
  virtual std::vector<StoredKey> all() = 0;
  // `before`: the hash that it had, where it is another one now. False: another key has its name.
  virtual bool put(const StoredKey& key, const config::KeyHash* before) = 0;
  // Does what nobody else may come between, of all who use the table.
  virtual void alone(const std::function<void()>& work) = 0;
  // Another one where others have changed a key since; always the same where nobody else can.
  virtual std::int64_t version() = 0;
};

std::unique_ptr<KeyTable> keys_in_file(const std::string& path);

}  // namespace gateway
