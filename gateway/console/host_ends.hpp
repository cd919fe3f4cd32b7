// How attempts at the hosts of a model ended, hour by hour of the last day, out of the newest requests of a
// record file. Reads a file; for a thread that may.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "gateway/record_file/record_reader.hpp"

namespace gateway {

// {from, hours, complete, endpoints: {NAME: {attempts: [...], failed: {KIND: [...]}}}}: of each hour one
// number. `complete`: all of the day's requests that are in the file were read, and not the newest alone.
// Throws SqliteFault.
boost::json::object host_ends(RecordReader& reader, const std::string& model, config::WallTime now);

}  // namespace gateway
