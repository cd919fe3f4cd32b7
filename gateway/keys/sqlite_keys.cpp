// Keys in a file of the state directory, which belongs to one process.
#include "gateway/keys/key_body.hpp"
#include "gateway/keys/key_table.hpp"
#include "gateway/record_file/sqlite.hpp"

namespace gateway {
namespace {

constexpr std::int64_t application = 0x69736b73, version_of_file = 1;  // "isks"

class SqliteKeys final : public KeyTable {
 public:
  explicit SqliteKeys(const std::string& path) : database_(path, Database::Mode::write) {
    const std::int64_t kind = database_.number("PRAGMA application_id");
    const std::int64_t found = database_.number("PRAGMA user_version");
    if (kind != 0 && kind != application) throw std::runtime_error(path + " is no store of keys");
    if (found > version_of_file) {
      throw std::runtime_error(
          path + " was written by a newer isocost; start that one, or name another `state` directory");
    }
    database_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    database_.run(
        "CREATE TABLE IF NOT EXISTS key(hash BLOB PRIMARY KEY, name BLOB NOT NULL UNIQUE, body BLOB NOT "
        "NULL) STRICT, WITHOUT ROWID");
    database_.run("PRAGMA application_id=" + std::to_string(application) +
                  "; PRAGMA user_version=" + std::to_string(version_of_file));
  }

  std::vector<StoredKey> all() override {
    std::vector<StoredKey> keys;
    Statement rows = database_.prepare("SELECT hash, body FROM key ORDER BY name");
    while (rows.step() == Statement::Step::row) add_key(rows.bytes(0), rows.bytes(1), keys);
    return keys;
  }

  bool put(const StoredKey& key, const config::KeyHash* before) override {
    const std::string body = key_body(key);
    database_.run("BEGIN IMMEDIATE");
    try {
      if (before) database_.prepare("DELETE FROM key WHERE hash=?").bind_bytes(1, bytes_of(*before)).run();
      database_
          .prepare(
              "INSERT INTO key(hash, name, body) VALUES(?,?,?) ON CONFLICT(hash) DO UPDATE SET "
              "name=excluded.name, body=excluded.body")
          .bind_bytes(1, bytes_of(key.settings.sha256))
          .bind_bytes(2, key.settings.name.text)
          .bind_bytes(3, body)
          .run();
      database_.run("COMMIT");
    } catch (...) {
      database_.run("ROLLBACK");
      throw;
    }
    return true;
  }

  void alone(const std::function<void()>& work) override { work(); }
  std::int64_t version() override { return 0; }

 private:
  Database database_;
};

}  // namespace

std::unique_ptr<KeyTable> keys_in_file(const std::string& path) {
  return std::make_unique<SqliteKeys>(path);
}

}  // namespace gateway
