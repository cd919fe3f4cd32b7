#include <doctest/doctest.h>
#include <sqlite3.h>
#include <zstd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gateway/generation/configuration.hpp"
#include "gateway/record_file/fleet_bytes.hpp"
#include "gateway/record_file/record_format.hpp"
#include "gateway/record_file/record_reader.hpp"
#include "gateway/record_file/recorded_measures.hpp"
#include "gateway/replay/replay_exact.hpp"
#include "tests/support/close.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
using support::RecordedWorld;
using support::ScratchDirectory;

namespace {

// Prices that depend on the prompt, on the hour, on the tier and on the place.
std::vector<config::PriceRule> price_rules() {
  config::PriceConditions flex;
  flex.tiers.set(static_cast<std::size_t>(config::ServiceTier::flex));
  const auto prices = [](double input, double output) {
    config::Prices made{.input = support::per_million(input), .output = support::per_million(output)};
    made.reasoning = support::per_million(output / 2);
    return made;
  };
  return {{flex, prices(0.2, 0.8)},
          {{.prompt_above = config::Tokens{4'000}}, prices(4, 16)},
          {{.hours = config::DailyWindow{{0}, {20}}}, prices(0.1, 0.4)},
          {{.geos = {config::GeoWord("us")}}, prices(9, 36)}};
}

std::vector<support::Host> fleet() {
  return {{.name = "cheap", .ttft = 2.5, .rate = 25, .failing = 0.1},
          {.name = "usual", .input_price = 0.8, .output_price = 3, .price_rules = price_rules()},
          {.name = "fast", .input_price = 2, .output_price = 8, .ttft = 0.2, .rate = 150},
          {.name = "shaky", .input_price = 0.3, .output_price = 1, .failing = 0.6},
          {.name = "small", .input_price = 0.2, .output_price = 0.8, .context = 4'000}};
}

// Version 5 knew no tiers, and so no prices that depend on them.
std::vector<support::Host> fleet_of_five() {
  std::vector<support::Host> hosts = fleet();
  for (support::Host& host : hosts) host.price_rules.clear();
  return hosts;
}

void record(const std::string& path, int requests, RecordLimits limits = {},
            std::vector<support::Host> hosts = fleet()) {
  RecordWriter writer(path, limits);
  RecordedWorld world(std::move(hosts), writer);
  world.ask(requests);
}

std::unique_ptr<RecordReader> opened(const std::string& path) {
  auto result = RecordReader::open(path);
  if (const auto* why = std::get_if<std::string>(&result)) FAIL(*why);
  return std::move(std::get<std::unique_ptr<RecordReader>>(result));
}

std::string refusal(const std::string& path) {
  auto result = RecordReader::open(path);
  REQUIRE(std::holds_alternative<std::string>(result));
  return std::get<std::string>(result);
}

std::string content(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// By another reader than ours: what stands in the packets.
std::vector<std::string> unpacked_packets(const std::string& path) {
  std::vector<std::string> packets;
  Database file(path, Database::Mode::read);
  Statement rows = file.prepare("SELECT body FROM packet ORDER BY id");
  while (rows.step() == Statement::Step::row) {
    const std::string_view frame = rows.bytes(0).substr(1);
    std::string& packet = packets.emplace_back(ZSTD_getFrameContentSize(frame.data(), frame.size()), '\0');
    REQUIRE(ZSTD_decompress(packet.data(), packet.size(), frame.data(), frame.size()) == packet.size());
  }
  return packets;
}

}  // namespace

TEST_CASE("every recorded decision comes out the same when it is taken again") {
  const ScratchDirectory directory;
  record(directory.file("records.db"), 1'500);
  const auto reader = opened(directory.file("records.db"));
  const ExactReplay replay = replay_exactly(*reader);
  INFO(replay.first_difference);
  CHECK(replay.requests == 1'500);
  CHECK(replay.decisions > 1'500);  // some needed another attempt
  CHECK(replay.same == replay.decisions);
  CHECK(replay.journeys == 1'500);
  CHECK(replay.same_journeys == replay.journeys);
  CHECK(replay.left_out.empty());
}

TEST_CASE(
    "what is recorded is its owner's to read, and a file that others may read stays what its owner made it") {
  namespace fs = std::filesystem;
  const ScratchDirectory directory;
  const auto mode = [&] { return fs::status(directory.file("records.db")).permissions(); };
  record(directory.file("records.db"), 3);
  CHECK(mode() == (fs::perms::owner_read | fs::perms::owner_write));
  fs::permissions(directory.file("records.db"), fs::perms::group_read, fs::perm_options::add);
  record(directory.file("records.db"), 3);
  CHECK(mode() == (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read));
}

TEST_CASE("a second run appends to the file, and both replay") {
  const ScratchDirectory directory;
  record(directory.file("records.db"), 300);
  record(directory.file("records.db"), 300);
  const auto reader = opened(directory.file("records.db"));
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.requests == 600);
  CHECK(replay.same == replay.decisions);
  CHECK(replay.left_out.empty());
}

TEST_CASE("a request is found by its id, with the texts of what decided it") {
  const ScratchDirectory directory;
  record(directory.file("records.db"), 700);
  const auto reader = opened(directory.file("records.db"));
  for (const char* id : {"req_1", "req_128", "req_129", "req_700"}) {
    const auto found = reader->find(id);
    REQUIRE(found);
    CHECK(found->request.id == id);
    REQUIRE(!found->request.decisions.empty());
    CHECK(found->request.decisions[0].seen_of.size() == 5);
    const auto rules = reader->rule_book(found->request.rule_book);
    REQUIRE(rules);
    CHECK(rules->name.text == found->request.policy);
    const auto hosts = reader->catalogue_at(found->request.decisions[0].snapshot);
    REQUIRE(hosts);
    CHECK(hosts->endpoints().size() == 5);
  }
  CHECK(!reader->find("req_701"));
  CHECK(!reader->find(""));
}

TEST_CASE("what a decision saw is kept as it was") {
  const ScratchDirectory directory;
  RecordWriter writer(directory.file("records.db"), {});
  RecordedWorld world(fleet(), writer);
  world.ask(1);
  const auto reader = opened(directory.file("records.db"));
  const auto found = reader->find("req_1");
  REQUIRE(found);
  const routing::LoggedDecision& kept = found->request.decisions.back();
  const routing::Decision& was = world.world.decision;
  REQUIRE(kept.seen_of.size() == was.verdicts.size());
  for (std::size_t i = 0; i < was.verdicts.size(); ++i) {
    const routing::Verdict again = routing::verdict_of(kept.seen_of[i]);
    const routing::Verdict& verdict = was.verdicts[i];
    CHECK(again.endpoint == verdict.endpoint);
    CHECK(again.removal == verdict.removal);
    CHECK(again.rank == verdict.rank);
    if (verdict.removal != routing::Removal::none) continue;
    CHECK(again.cost.total() == support::close(verdict.cost.total(), 1e-6));
    CHECK(again.prediction.ttft == support::close(verdict.prediction.ttft, 1e-6));
    CHECK(again.prediction.price == support::close(verdict.prediction.price, 1e-6));
  }
}

namespace {

// The file as version 5 would have written it.
void make_older(const std::string& path) {
  std::vector<LoggedRequest> requests;
  {
    const auto reader = opened(path);
    while (auto stored = reader->next()) requests.push_back(std::move(stored->request));
  }
  Database file(path, Database::Mode::write);
  file.run("DROP TABLE packet; DROP TABLE name; DROP TABLE rule_book; PRAGMA user_version = 5");
  Statement add = file.prepare("INSERT INTO request (first, digest, body) VALUES (?1, ?2, ?3)");
  for (const LoggedRequest& request : requests) {
    ByteWriter bytes;
    write(request, bytes, RecordVersion::five);
    add.bind(1, static_cast<std::int64_t>(request.decisions[0].snapshot));
    add.bind(2, digest(bytes.written())).bind_bytes(3, bytes.written()).run();
  }
}

}  // namespace

TEST_CASE("a file of version 5 is read, and written on") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 300, {}, fleet_of_five());
  make_older(path);
  {
    const auto reader = opened(path);
    CHECK(reader->requests() == 300);
    const ExactReplay replay = replay_exactly(*reader);
    INFO(replay.first_difference);
    CHECK(replay.requests == 300);
    CHECK(replay.same == replay.decisions);
    CHECK(!reader->find("req_7"));
  }
  record(path, 200);
  const auto reader = opened(path);
  CHECK(reader->requests() == 500);
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.requests == 500);
  CHECK(replay.same == replay.decisions);
  CHECK(replay.left_out.empty());
  CHECK(reader->find("req_7"));
}

TEST_CASE("a file of version 6 is read, without what it does not say, and written on") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 300);
  Database(path, Database::Mode::write).run("PRAGMA user_version = 6");
  {
    const auto reader = opened(path);
    auto stored = reader->next();
    REQUIRE(stored);
    stored->request.demand.tier = config::ServiceTier::priority;
    ByteWriter bytes;
    write(stored->request, bytes, RecordVersion::six);
    const auto again = logged_request(bytes.written());
    REQUIRE(again);
    CHECK(again->demand.tier == config::ServiceTier::standard);
    CHECK(again->id == stored->request.id);
  }
  record(path, 100);
  CHECK(Database(path, Database::Mode::read).number("PRAGMA user_version") == record_version);
  const ExactReplay replay = replay_exactly(*opened(path));
  CHECK(replay.requests == 400);
  CHECK(replay.same == replay.decisions);
}

TEST_CASE("price rules are kept with their hosts, and hosts of before had none") {
  const config::Settings settings = support::settings_of(fleet());
  const std::string bytes = to_bytes(settings);
  const auto kept = settings_from(bytes);
  REQUIRE(kept);
  const auto& rules = kept->models[0].endpoints[1].price_rules;
  REQUIRE(rules.size() == 4);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    CHECK(config::to_text(rules[i].when) == config::to_text(price_rules()[i].when));
    CHECK(rules[i].prices == price_rules()[i].prices);
  }
  config::Settings plain = settings;
  plain.models[0].endpoints[1].price_rules.clear();
  const std::string with_none = to_bytes(plain);
  constexpr std::size_t added = 8;  // to an endpoint without any
  const auto older = settings_from(with_none.substr(0, with_none.size() - added * 5));
  REQUIRE(older);
  CHECK(older->models[0].endpoints.size() == 5);
  CHECK(older->models[0].endpoints[1].price_rules.empty());
}

TEST_CASE("the snapshot of a time is the newest that was there") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world(fleet(), writer);
    for (const int minute : {0, 10, 20}) world.ask(3, support::wall_at(minute));
  }
  const auto reader = opened(path);
  CHECK(reader->snapshot_at(support::wall_at(0) - std::chrono::minutes(1)) == 0);
  const std::uint64_t at = reader->snapshot_at(support::wall_at(15));
  CHECK(reader->wall_of(at) == support::wall_at(10));
  CHECK(reader->wall_of(at + 1) == support::wall_at(20));
  CHECK(reader->wall_of(reader->snapshot_at(support::wall_at(99))) == support::wall_at(20));
}

TEST_CASE("a decision that was recorded otherwise is explained") {
  const ScratchDirectory directory;
  {
    RecordWriter writer(directory.file("records.db"), {});
    RecordedWorld world(fleet(), writer);
    world.world.policy.value_of_ttft = 1;  // not what the record says decided
    world.ask(50);
  }
  const auto reader = opened(directory.file("records.db"));
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.same < replay.decisions);
  INFO(replay.first_difference);
  CHECK(replay.first_difference.find("recorded small (least cost, propensity 1), now small") !=
        std::string::npos);
  CHECK(replay.first_difference.find("rank 1") != std::string::npos);
}

TEST_CASE("a record file holds nothing that names whom a request was for") {
  const ScratchDirectory directory;
  record(directory.file("records.db"), 100);
  for (const char* part : {"", "-wal"}) {
    const std::string path = directory.file("records.db") + part;
    if (std::filesystem::exists(path)) CHECK(content(path).find("someone") == std::string::npos);
  }
  std::string all;
  for (const std::string& packet : unpacked_packets(directory.file("records.db"))) all += packet;
  CHECK(all.find("req_100") != std::string::npos);
  CHECK(all.find("someone") == std::string::npos);
}

TEST_CASE("a file of version 7, whose packets are not compressed, is read and written on") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 300);
  const auto large = std::filesystem::file_size(path);
  {
    const std::vector<std::string> packets = unpacked_packets(path);
    CHECK(packets.size() == 3);
    Database file(path, Database::Mode::write);
    Statement set = file.prepare("UPDATE packet SET body = ?1 WHERE id = ?2");
    for (std::size_t i = 0; i < packets.size(); ++i)
      set.bind_bytes(1, packets[i]).bind(2, static_cast<std::int64_t>(i + 1)).run();
    file.run("PRAGMA user_version = 7");
  }
  CHECK(std::filesystem::file_size(path) > large);
  CHECK(replay_exactly(*opened(path)).same_journeys == 300);
  record(path, 100);
  CHECK(Database(path, Database::Mode::read).number("PRAGMA user_version") == record_version);
  const ExactReplay replay = replay_exactly(*opened(path));
  CHECK(replay.requests == 400);
  CHECK(replay.same == replay.decisions);
  CHECK(opened(path)->find("req_7"));
}

TEST_CASE("a compressed packet that is damaged costs its own requests and is counted") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 300);
  // In its head, in its middle, cut off, and one that says it is larger than any.
  for (const char* damage :
       {"x'00' || x'ff' || substr(body, 3)", "x'0028b52ffde0' || x'ffffffffffffff7f' || x'00'",
        "substr(body, 1, length(body) / 2)", "x'00'", "substr(body, 1, 40) || x'99' || substr(body, 42)"}) {
    INFO(damage);
    const std::string copy = directory.file("copy.db");
    overwrite(copy, content(path));
    Database(copy, Database::Mode::write)
        .run(std::string("UPDATE packet SET body = ") + damage + " WHERE id = 2");
    const auto reader = opened(copy);
    const ExactReplay replay = replay_exactly(*reader);
    CHECK(replay.requests + reader->damage().requests == 300);
    CHECK(replay.requests >= 300 - 128);
    CHECK(reader->damage().requests > 0);
    CHECK(replay.same == replay.decisions);
    CHECK(reader->find("req_300"));
  }
}

TEST_CASE("the file stays within its limit, and what is left in it replays") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  constexpr std::size_t limit = 1u << 20;
  {
    RecordWriter writer(path, {.max_size = limit});
    RecordedWorld world(fleet(), writer);
    for (int round = 0; round < 20; ++round) world.ask(200);
    CHECK(std::filesystem::file_size(path) <= limit);
  }
  const auto reader = opened(path);
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.requests > 200);
  CHECK(replay.requests < 4'000);
  CHECK(replay.same == replay.decisions);
  CHECK(replay.left_out.empty());
}

TEST_CASE("of a long file no more than its limit is held in memory") {
  const ScratchDirectory directory;
  const std::int64_t before = sqlite3_memory_used();
  sqlite3_memory_highwater(1);
  RecordWriter writer(directory.file("records.db"), {});
  RecordedWorld world(fleet(), writer);
  for (std::uint64_t i = 0; i < 400; ++i) {
    world.world.policy.hash = i;
    world.world.policy.description = std::string(20'000, static_cast<char>('a' + i % 26));
    world.ask(1);
  }
  CHECK(sqlite3_memory_highwater(0) - before < 3 << 20);
}

TEST_CASE("policies of single requests go with them, and those that decide again and again stay") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  constexpr std::size_t limit = 2u << 20;
  {
    RecordWriter writer(path, {.max_size = limit});
    RecordedWorld world(fleet(), writer);
    const std::uint64_t usual = world.world.policy.hash;
    for (std::uint64_t i = 0; i < 400; ++i) {
      world.world.policy.hash = i % 2 == 0 ? usual : i;
      world.world.policy.description =
          i % 2 == 0 ? "of all" : std::string(20'000, static_cast<char>('a' + i % 26));
      world.ask(1);
    }
  }
  const auto rows = [&](const std::string& of) {
    return Database(path, Database::Mode::read).number("SELECT count(*) FROM " + of);
  };
  CHECK(std::filesystem::file_size(path) <= limit + (1u << 20));
  CHECK(rows("packet") > 10);
  CHECK(rows("packet") < 300);
  CHECK(rows("rule_book") < rows("packet"));
  CHECK(rows("rule_book_use") == rows("rule_book"));
  const auto reader = opened(path);
  std::size_t found = 0, usual = 0;
  for (int i = 1; i <= 400; ++i) {
    const auto request = reader->find("req_" + std::to_string(i));
    if (!request) continue;
    ++found;
    const auto rules = reader->rule_book(request->request.rule_book);
    REQUIRE(rules);
    CHECK(rules->hash == request->request.policy_hash);
    usual += rules->description == "of all";
  }
  CHECK(found == static_cast<std::size_t>(rows("packet")));
  CHECK(usual >= found / 2);
}

TEST_CASE("policies that an older version went on using stay with its requests") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 300);
  const auto count = [&](const std::string& of) {
    return Database(path, Database::Mode::read).number("SELECT count(*) FROM " + of);
  };
  CHECK(count("rule_book_use") == 1);
  Database(path, Database::Mode::write)
      .run("UPDATE packet SET id = id + 1000; UPDATE name SET last = last + 1000");
  RecordWriter writer(path, {});
  CHECK(count("rule_book_use") == 0);
  CHECK(count("rule_book") == 1);
}

TEST_CASE("what is older than it may be is dropped, and the newer requests replay") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {.keep = std::chrono::hours(1)});
    RecordedWorld world(fleet(), writer);
    world.ask(100, support::wall_at(0));
    world.ask(100, support::wall_at(50));
    world.ask(100, support::wall_at(70));
  }
  const auto reader = opened(path);
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.requests == 200);
  CHECK(replay.same == replay.decisions);
  CHECK(replay.left_out.empty());
}

TEST_CASE("what was not committed is lost whole, and what was is not") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  RecordWriter writer(path, {});
  RecordedWorld world(fleet(), writer);
  world.ask(100);
  LoggedRequest uncommitted;
  uncommitted.decisions.emplace_back();
  writer.add(uncommitted);
  // As a crash leaves it: the files as they are, without an orderly close.
  std::filesystem::copy(path, directory.file("copy.db"));
  std::filesystem::copy(path + "-wal", directory.file("copy.db-wal"));
  const auto reader = opened(directory.file("copy.db"));
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.requests == 100);
  CHECK(replay.same == replay.decisions);
}

TEST_CASE("of a file whose tail is gone the rest still replays") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 1'500);
  const auto size = std::filesystem::file_size(path);
  for (const double kept : {0.95, 0.7, 0.4}) {
    INFO("kept ", kept);
    const std::string cut = directory.file("cut.db");
    overwrite(cut, content(path).substr(0, static_cast<std::size_t>(kept * static_cast<double>(size))));
    auto result = RecordReader::open(cut);
    if (std::holds_alternative<std::string>(result)) {
      CHECK(std::get<std::string>(result).find("cannot be read as records") != std::string::npos);
      continue;
    }
    RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(result);
    const ExactReplay replay = replay_exactly(reader);
    CHECK(replay.same == replay.decisions);
    CHECK(replay.requests < 1'500);
    CHECK(reader.damage().gaps + reader.damage().snapshots > 0);
  }
}

TEST_CASE("flipped bits cost the requests they hit and no others") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 1'500);
  std::string bytes = content(path);
  int wrong = 0;
  for (std::size_t at = bytes.size() / 2; at < bytes.size() && wrong < 8; at += 9'973, ++wrong)
    bytes[at] ^= 0x10;
  overwrite(path, bytes);
  const auto reader = opened(path);
  const ExactReplay replay = replay_exactly(*reader);
  CHECK(replay.same == replay.decisions);
  CHECK(replay.decisions > 700);
  const RecordReader::Damage& damage = reader->damage();
  CHECK(damage.requests + damage.gaps + damage.snapshots > 0);
}

TEST_CASE("a reader that met damage holds up nobody who writes") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 300);
  Database writer(path, Database::Mode::write);
  writer.run("UPDATE snapshot SET digest = digest + 1");
  const auto reader = opened(path);
  CHECK(!reader->newest_market());
  CHECK(reader->damage().snapshots == 1);
  writer.run("UPDATE snapshot SET digest = digest - 1");
  CHECK(writer.number("PRAGMA wal_checkpoint(TRUNCATE)") == 0);  // busy
}

TEST_CASE("a file that holds no records says what it is") {
  const ScratchDirectory directory;
  CHECK(refusal(directory.file("absent.db")).find("there is no such file") != std::string::npos);

  overwrite(directory.file("empty.db"), "");
  CHECK(refusal(directory.file("empty.db")).find("is empty") != std::string::npos);

  overwrite(directory.file("text.db"), std::string(5'000, 'x'));
  CHECK(refusal(directory.file("text.db")).find("cannot be read as records") != std::string::npos);

  Database(directory.file("other.db"), Database::Mode::write).run("CREATE TABLE cats (name TEXT)");
  CHECK(refusal(directory.file("other.db")).find("not one of isocost's") != std::string::npos);

  record(directory.file("newer.db"), 1);
  Database(directory.file("newer.db"), Database::Mode::write).run("PRAGMA user_version = 99");
  CHECK(refusal(directory.file("newer.db")).find("version 99") != std::string::npos);
}

TEST_CASE("what hosts had shown when the file was last written is there for checking policies") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  record(path, 400);
  config::Settings settings = support::settings_of(fleet());
  std::swap(settings.models[0].endpoints[0], settings.models[0].endpoints[2]);
  settings.models[0].endpoints[4].host_model = "unheard-of";
  for (config::ProviderSettings& each : settings.providers) each.base_url.host = "api.example.com";
  const routing::Catalogue catalogue(settings, 1);
  const std::vector<routing::Measured> measured = recorded_measures(path, catalogue);
  REQUIRE(measured.size() == 5);
  CHECK(std::isnan(measured[4].ttft.p50));
  CHECK(measured[1].samples > 10);  // "usual", which was asked most
  CHECK(measured[1].ttft.p50 < 1);
  CHECK(measured[2].ttft.p50 > 1);  // "cheap"

  settings.records.file = path;
  settings.policies = {support::policy_named("quick")};
  settings.policies[0].require = {support::text("ttft.p90 <= 50 ms")};
  const config::Problems problems = with_policies_checked({.settings = settings, .problems = {}}).problems;
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message.starts_with("no host has met `ttft.p90 <= 50 ms`; the nearest is "));

  CHECK(recorded_measures(directory.file("nothing.db"), catalogue).empty());
  overwrite(path, "no records at all");
  CHECK(recorded_measures(path, catalogue).empty());
}

TEST_CASE("prices of pictures are kept with their hosts, and how many a request had") {
  config::Settings settings = support::settings_of(fleet());
  settings.models[0].endpoints[0].prices.image = {5'000'000};
  settings.models[0].endpoints[1].price_rules[1].prices.image = {7'000'000};
  const auto kept = settings_from(to_bytes(settings));
  REQUIRE(kept);
  CHECK(kept->models[0].endpoints[0].prices.image.nanos == 5'000'000);
  CHECK(kept->models[0].endpoints[1].price_rules[1].prices.image.nanos == 7'000'000);
  CHECK(kept->models[0].endpoints[1].price_rules[3].when.geos == std::vector{config::GeoWord("us")});
  LoggedRequest request;
  request.demand.pictures = 3;
  const auto again = logged_request(to_bytes(request));
  REQUIRE(again);
  CHECK(again->demand.pictures == 3);
  request.demand.geo = config::GeoWord("us");
  CHECK(logged_request(to_bytes(request))->demand.pictures == 3);
}

TEST_CASE("what a client was told, and which attempts were cut off, is kept") {
  LoggedRequest request;
  CHECK(logged_request(to_bytes(request))->told.empty());
  request.told = "the provider failed";
  CHECK(logged_request(to_bytes(request))->told == "the provider failed");
  request.ran_on = 2;
  CHECK(logged_request(to_bytes(request))->ran_on == 2);
  request.told.clear();
  const auto again = logged_request(to_bytes(request));
  REQUIRE(again);
  CHECK(again->ran_on == 2);
  CHECK(again->demand.pictures == 0);
}

TEST_CASE("what a request marked for hosts' caches, and for how long, is kept") {
  LoggedRequest request;
  CHECK(logged_request(to_bytes(request))->demand.cache_marks == routing::CacheMarks::none);
  for (const auto marks : {routing::CacheMarks::hour, routing::CacheMarks::usual}) {
    request.demand.cache_marks = marks;
    const auto again = logged_request(to_bytes(request));
    REQUIRE(again);
    CHECK(again->demand.cache_marks == marks);
    CHECK(again->demand.pictures == 0);
    CHECK(again->demand.geo.empty());
  }
}

TEST_CASE("whether a host runs the tools of a request is kept; of what was written before, that it does") {
  LoggedRequest request;
  request.demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
  std::string bytes;
  for (const bool runs : {true, false}) {
    request.demand.host_runs_tools = runs;
    bytes = to_bytes(request);
    const auto again = logged_request(bytes);
    REQUIRE(again);
    CHECK(again->demand.host_runs_tools == runs);
    CHECK_FALSE(again->retry_refused);
  }
  bytes.pop_back();
  CHECK(logged_request(bytes)->demand.host_runs_tools);
  LoggedRequest of_servers;  // that are named elsewhere than among tools
  of_servers.demand.host_runs_tools = true;
  CHECK(logged_request(to_bytes(of_servers))->demand.host_runs_tools);
  CHECK_FALSE(logged_request(to_bytes(LoggedRequest()))->demand.host_runs_tools);
}

TEST_CASE("how many searches a request may cost is kept") {
  for (const bool has_tools : {true, false}) {
    LoggedRequest request;
    if (has_tools) request.demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
    request.demand.searches = 5;
    const auto again = logged_request(to_bytes(request));
    REQUIRE(again);
    CHECK(again->demand.searches == 5);
    CHECK_FALSE(again->demand.host_runs_tools);
  }
}

TEST_CASE("which endpoints cache what is marked alone is kept") {
  config::Settings settings = support::settings_of(fleet());
  settings.models[0].endpoints[1].cache_writes = config::CacheWrites::marked;
  const auto kept = settings_from(to_bytes(settings));
  REQUIRE(kept);
  CHECK(kept->models[0].endpoints[0].cache_writes == config::CacheWrites::all);
  CHECK(kept->models[0].endpoints[1].cache_writes == config::CacheWrites::marked);
}

TEST_CASE("a policy is the same one when it comes out of the records, whatever it says") {
  config::Settings settings = support::settings_of(fleet());
  const auto said = [](std::string text) { return config::SourceText{std::move(text), {}}; };
  config::PolicySettings policy{
      .name = {"all"}, .place = {}, .description = "every part", .require = {}, .prefer = {}, .relax = {}};
  policy.extends = said("balanced");
  policy.allow = said("price.input < 5 $/Mtok");
  policy.require = {said("ttft <= 30 s")};
  policy.prefer = {said("ttft <= 3 s")};
  policy.relax = {said("ttft <= 60 s")};
  policy.minimize = said("price + 18 $/h * ttft");
  policy.choose = said("weighted((price / $1) ^ -1)");
  policy.attempts = std::int16_t{2};
  policy.continue_hops = std::int16_t{2};
  policy.deadline = std::chrono::seconds(30);
  policy.hedge_budget = 0.1;
  policy.explore = 0.1;
  policy.demotion = 3;
  policy.budget = said("40 $/day");
  settings.policies = {policy};
  settings.providers[1].cancel_stops_billing = true;
  const auto kept = settings_from(to_bytes(settings));
  REQUIRE(kept);
  CHECK(!kept->providers[0].cancel_stops_billing);
  CHECK(kept->providers[1].cancel_stops_billing == true);
  config::Problems problems;
  const routing::PolicySet before = routing::compile(settings, problems);
  const routing::PolicySet after = routing::compile(*kept, problems);
  REQUIRE(before.find("all"));
  REQUIRE(after.find("all"));
  CHECK(after.find("all")->hash == before.find("all")->hash);
  CHECK(after.find("all")->continue_hops == 2);
  CHECK(after.find("all")->demotion == 3);
}
