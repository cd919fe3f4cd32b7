#include "gateway/keys/postgres_keys.hpp"

#include <optional>

#include "gateway/keys/key_body.hpp"
#include "gateway/keys/key_calls.hpp"
#include "gateway/postgres/migrations.hpp"
#include "gateway/postgres/postgres_text.hpp"

namespace gateway {
namespace {

constexpr std::chrono::milliseconds patience{3'000};

class PostgresKeys final : public KeyTable {
  template <class Work>
  auto with_database(Work work) {
    if (!database_) {
      database_.emplace(address_, patience);
      migrate(*database_);
    }
    struct Drop {
      std::optional<Postgres>& database;
      bool is_kept = false;
      ~Drop() {
        if (!is_kept) database.reset();
      }
    } drop{database_};
    auto result = work(*database_);
    drop.is_kept = true;
    return result;
  }

 public:
  explicit PostgresKeys(const PostgresAddress& address) : address_(address) {}

  std::vector<StoredKey> all() override {
    return with_database([](Postgres& database) {
      std::vector<StoredKey> keys;
      const PostgresRows rows = database.run("SELECT hash, body FROM key ORDER BY name");
      for (int i = 0; i < rows.count(); ++i) add_key(rows.bytes(i, 0), rows.bytes(i, 1), keys);
      return keys;
    });
  }

  bool put(const StoredKey& key, const config::KeyHash* before) override {
    try {
      return with_database([&](Postgres& database) {
        if (before) database.run("DELETE FROM key WHERE hash=$1", {hex_of_bytes(bytes_of(*before))});
        database.run(
            "INSERT INTO key(hash, name, body) VALUES($1,$2,$3) ON CONFLICT(hash) DO UPDATE SET "
            "name=excluded.name, body=excluded.body",
            {hex_of_bytes(bytes_of(key.settings.sha256)), hex_of_bytes(key.settings.name.text),
             hex_of_bytes(key_body(key))});
        database.run("UPDATE key_changes SET count=count+1");
        database.run(std::string("NOTIFY ") + key_channel);  // heard once all of it is there
        return true;
      });
    } catch (const PostgresFault& fault) {
      if (fault.kind() == PostgresFault::Kind::duplicate) return false;
      throw;
    }
  }

  void alone(const std::function<void()>& work) override {
    with_database([](Postgres& database) {
      database.run("BEGIN; LOCK TABLE key_changes IN EXCLUSIVE MODE");
      return true;
    });
    try {
      work();
      with_database([](Postgres& database) {
        database.run("COMMIT");
        return true;
      });
    } catch (...) {
      database_.reset();
      throw;
    }
  }

  std::int64_t version() override {
    return with_database(
        [](Postgres& database) { return database.run("SELECT count FROM key_changes").integer(0, 0); });
  }

 private:
  const PostgresAddress address_;
  std::optional<Postgres> database_;
};

}  // namespace

std::unique_ptr<KeyTable> keys_in_postgres(const PostgresAddress& address) {
  return std::make_unique<PostgresKeys>(address);
}

}  // namespace gateway
