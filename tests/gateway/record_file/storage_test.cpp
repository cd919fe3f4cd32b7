#include "gateway/record_file/storage.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "gateway/record_file/record_reader.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/three_hosts.hpp"

using namespace gateway;
using support::ScratchDirectory;

namespace {

struct Told {
  std::string text;
  Storage::Say say() {
    return [this](const std::string& line) { text += line + "\n"; };
  }
  bool has(const std::string& part) const { return text.find(part) != std::string::npos; }
};

config::RecordsSettings in(const std::string& file) {
  return {.file = file};
}

std::int64_t requests_in(const std::string& file) {
  auto result = RecordReader::open(file);
  REQUIRE(std::holds_alternative<std::unique_ptr<RecordReader>>(result));
  return std::get<std::unique_ptr<RecordReader>>(result)->requests();
}

// A record as a data loop hands it over, of a decision on version 7.
Record decided(const std::shared_ptr<const routing::Catalogue>& catalogue) {
  Record record = tests::answered(catalogue, 1);
  record.demand.model = catalogue->find("deepseek/deepseek-r1");
  record.decisions.push_back({.snapshot = 7, .chosen = 1});
  return record;
}

}  // namespace

TEST_CASE("records are on disk once the storage has ended, and come back to their loop") {
  const ScratchDirectory directory;
  const auto catalogue = tests::catalogue_of(tests::three_hosts());
  Told told;
  std::size_t returned = 0;
  {
    const auto storage = Storage::open(in(directory.file("records.db")), told.say());
    REQUIRE(storage);
    storage->keep(std::make_shared<routing::Snapshot>(tests::snapshot_of(catalogue)));
    std::vector<RecordPtr> batch;
    batch.push_back(std::make_unique<Record>(decided(catalogue)));
    batch.push_back(std::make_unique<Record>(decided(catalogue)));
    batch.push_back(
        std::make_unique<Record>(tests::answered(catalogue, 0)));  // routing never saw it: nothing to replay
    storage->keep(std::move(batch), [&](const std::vector<RecordPtr>& read) { returned += read.size(); });
    storage->finish();
    CHECK(storage->lost() == 0);
  }
  CHECK(returned == 3);
  CHECK(told.text.empty());
  CHECK(requests_in(directory.file("records.db")) == 2);
  auto result = RecordReader::open(directory.file("records.db"));
  RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(result);
  const auto stored = reader.next();
  REQUIRE(stored);
  CHECK(stored->request.policy == "balanced");
  CHECK(stored->request.attempts.size() == 1);
  const StoredMarket* market = reader.market(stored->request.decisions[0].snapshot);
  REQUIRE(market);
  CHECK(market->catalogue->endpoints().size() == catalogue->endpoints().size());
  CHECK(market->catalogue->settings().providers[0].jurisdiction == "CN");
}

TEST_CASE("what is kept is of the date that the storage was given") {
  const ScratchDirectory directory;
  const auto catalogue = tests::catalogue_of(tests::three_hosts());
  Told told;
  const config::WallTime then = config::WallTime{} + std::chrono::hours(24 * 365 * 31);
  {
    const auto storage = Storage::open(in(directory.file("records.db")), told.say(), [&] { return then; });
    REQUIRE(storage);
    storage->keep(std::make_shared<routing::Snapshot>(tests::snapshot_of(catalogue)));
    storage->finish();
  }
  auto result = RecordReader::open(directory.file("records.db"));
  CHECK(std::get<std::unique_ptr<RecordReader>>(result)->wall_of(7) == then);
}

TEST_CASE("no credential is in the file") {
  const ScratchDirectory directory;
  const auto catalogue = tests::catalogue_of(tests::three_hosts());
  Told told;
  const auto storage = Storage::open(in(directory.file("records.db")), told.say());
  REQUIRE(storage);
  storage->keep(std::make_shared<routing::Snapshot>(tests::snapshot_of(catalogue)));
  storage->finish();
  for (const auto& entry : std::filesystem::directory_iterator(directory.file(""))) {
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    CHECK(content.find(tests::planted_secret) == std::string::npos);
  }
}

TEST_CASE(
    "what waits for a disk that hangs is bounded, and nothing is recorded that could not be taken again") {
  const ScratchDirectory directory;
  const auto catalogue = tests::catalogue_of(tests::three_hosts());
  const auto version = [&](std::uint64_t number) {
    auto snapshot = std::make_shared<routing::Snapshot>(tests::snapshot_of(catalogue));
    snapshot->version = number;
    return snapshot;
  };
  const auto decided_on = [&](std::uint64_t number) {
    std::vector<RecordPtr> batch;
    batch.push_back(std::make_unique<Record>(decided(catalogue)));
    batch[0]->decisions[0].snapshot = number;
    return batch;
  };
  const auto nobody = [](const std::vector<RecordPtr>&) {};
  Told told;
  std::promise<void> goes_on;
  constexpr auto most = Storage::most_snapshots_waiting;
  {
    const auto storage = Storage::open(in(directory.file("records.db")), told.say());
    REQUIRE(storage);
    storage->keep(decided_on(0), [&](const std::vector<RecordPtr>&) { goes_on.get_future().wait(); });
    std::vector<std::weak_ptr<const routing::Snapshot>> given;
    for (std::uint64_t i = 1; i <= most + 50; ++i) {
      const auto snapshot = version(i);
      given.push_back(snapshot);
      storage->keep(snapshot);
    }
    CHECK(!given[most - 1].expired());
    CHECK(given[most].expired());
    storage->keep(decided_on(most), nobody);
    storage->keep(decided_on(most + 1), nobody);
    storage->keep(decided_on(most + 50), nobody);
    CHECK(!storage->finish(std::chrono::milliseconds(1)));
    goes_on.set_value();
    CHECK(storage->finish());
    CHECK(storage->lost() == 2);
  }
  CHECK(requests_in(directory.file("records.db")) == 2);
}

TEST_CASE("missing snapshots are known by their ranges") {
  MissingSnapshots missing;
  missing.add(5, 7);
  missing.add(8, 8);
  missing.add(20, 21);
  for (const std::uint64_t version : {4, 9, 19, 22}) CHECK(!missing.has(version));
  for (const std::uint64_t version : {5, 8, 20, 21}) CHECK(missing.has(version));
  missing.found(21);
  CHECK(!missing.has(21));
  CHECK(missing.has(20));
  for (std::uint64_t i = 0; i < 400; ++i) missing.add(100 + 2 * i, 100 + 2 * i);
  CHECK(missing.has(19));  // too long ago to be sure
  CHECK(!missing.has(899));
  CHECK(missing.has(898));
}

TEST_CASE("a second process on the same file is refused, by name") {
  const ScratchDirectory directory;
  Told first, second;
  const auto storage = Storage::open(in(directory.file("records.db")), first.say());
  REQUIRE(storage);
  CHECK(Storage::open(in(directory.file("records.db")), second.say()) == nullptr);
  CHECK(second.has("records.db is in use by another isocost"));
  CHECK(Storage::open(in(directory.file("others.db")), second.say()) != nullptr);
}

TEST_CASE("records of another version are set aside and new ones begun") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  Told told;
  Storage::open(in(file), told.say());
  Database(file, Database::Mode::write).run("PRAGMA user_version = 99");
  CHECK(Storage::open(in(file), told.say()) != nullptr);
  CHECK(told.has("another version"));
  CHECK(std::filesystem::exists(file + ".old"));
}

TEST_CASE("a file that is no database any more is set aside and new ones begun") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  std::ofstream(file) << std::string(10'000, 'x');
  Told told;
  CHECK(Storage::open(in(file), told.say()) != nullptr);
  CHECK(told.has("damaged"));
  CHECK(std::filesystem::file_size(file + ".damaged") == 10'000);
}

TEST_CASE("a database of something else is left alone") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  Database(file, Database::Mode::write).run("CREATE TABLE cats (name TEXT)");
  Told told;
  CHECK(Storage::open(in(file), told.say()) == nullptr);
  CHECK(told.has("something else"));
}

TEST_CASE("a file that cannot be made is said to be so") {
  Told told;
  CHECK(Storage::open(in("/nonexistent/records.db"), told.say()) == nullptr);
  CHECK(told.has("/nonexistent/records.db"));
}
