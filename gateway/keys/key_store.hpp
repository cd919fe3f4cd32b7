// The client keys that were made by `isocost keys` or the API, in SQLite in the state directory. Only their
// SHA-256 is kept. Belongs to one thread; what goes wrong with the disk is thrown as std::runtime_error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/keys/key_table.hpp"

namespace gateway {

// What is wanted of the store, as an administrator or a command says it.
struct KeyCall {
  enum class What { list, show, create, change, limit, rotate, revoke, erase };
  What what{};
  std::string whom;  // a name, or a SHA-256 in hexadecimal
  std::string body;  // JSON
};

struct KeyAnswer {
  int status = 200;
  std::string body;  // JSON; with an error, {"error": {"message", ...}}
  bool has_changed = false;
};

class KeyStore {
 public:
  explicit KeyStore(std::unique_ptr<KeyTable> table) : table_(std::move(table)) {}
  explicit KeyStore(const std::string& path) : KeyStore(keys_in_file(path)) {}
  static std::string file_in(const std::string& directory) { return directory + "/keys.sqlite"; }

  std::vector<StoredKey> all() { return table_->all(); }
  // Another one where somebody else has changed a key since.
  std::int64_t version() { return table_->version(); }
  // `configured`: keys that have their names from the configuration; they are listed, and changed by nobody.
  KeyAnswer call(const KeyCall& call, const std::vector<config::KeySettings>& configured, std::int64_t now);

 private:
  std::optional<StoredKey> find(std::string_view whom);
  KeyAnswer create(const KeyCall& call, const std::vector<config::KeySettings>& configured, std::int64_t now);
  KeyAnswer change(const KeyCall& call, StoredKey key, std::int64_t now);
  KeyAnswer call_alone(const KeyCall& call, const std::vector<config::KeySettings>& configured,
                       std::int64_t now);

  std::unique_ptr<KeyTable> table_;
};

// What is wrong, as the APIs say it.
KeyAnswer key_fault(int status, std::string_view code, const std::string& message);

}  // namespace gateway
