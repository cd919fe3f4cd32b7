// libpq under its own names, loaded when the first of them is called. With it come twenty more libraries
// (Kerberos, LDAP, GnuTLS): of four megabytes and 4 ms until main() a gateway whose ledger is SQLite's has
// nothing. The static program has libpq within it instead of this file. Any thread.
#include <dlfcn.h>
#include <libpq-fe.h>

#include "gateway/postgres/connection.hpp"

namespace {

// Throws PostgresFault where there is none.
void* libpq() {
  static void* const loaded = [] {
    void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library) return library;
    throw gateway::PostgresFault(
        gateway::PostgresFault::Kind::no_library,
        "PostgreSQL's own library is needed (package libpq5, postgresql-libs or libpq): " +
            std::string(::dlerror()));
  }();
  return loaded;
}

template <class Function>
Function* libpq_function(const char* name) {
  if (void* const found = ::dlsym(libpq(), name)) return reinterpret_cast<Function*>(found);
  throw gateway::PostgresFault(gateway::PostgresFault::Kind::no_library,
                               "libpq.so.5 is too old: it has no " + std::string(name));
}

}  // namespace

#define FORWARD(result, name, parameters, arguments)                     \
  result name parameters {                                               \
    static auto* const function = libpq_function<decltype(name)>(#name); \
    return function arguments;                                           \
  }

extern "C" {

FORWARD(PGconn*, PQconnectStartParams, (const char* const* names, const char* const* values, int expand),
        (names, values, expand))
FORWARD(PostgresPollingStatusType, PQconnectPoll, (PGconn * connection), (connection))
FORWARD(void, PQfinish, (PGconn * connection), (connection))
FORWARD(ConnStatusType, PQstatus, (const PGconn* connection), (connection))
FORWARD(int, PQsocket, (const PGconn* connection), (connection))
FORWARD(char*, PQerrorMessage, (const PGconn* connection), (connection))
FORWARD(PQnoticeProcessor, PQsetNoticeProcessor,
        (PGconn * connection, PQnoticeProcessor processor, void* argument), (connection, processor, argument))
FORWARD(int, PQsetnonblocking, (PGconn * connection, int on), (connection, on))
FORWARD(int, PQflush, (PGconn * connection), (connection))
FORWARD(int, PQisBusy, (PGconn * connection), (connection))
FORWARD(int, PQconsumeInput, (PGconn * connection), (connection))
FORWARD(PGnotify*, PQnotifies, (PGconn * connection), (connection))
FORWARD(void, PQfreemem, (void* memory), (memory))
FORWARD(int, PQsendQuery, (PGconn * connection, const char* sql), (connection, sql))
FORWARD(int, PQsendQueryParams,
        (PGconn * connection, const char* sql, int number, const Oid* types, const char* const* values,
         const int* lengths, const int* formats, int format),
        (connection, sql, number, types, values, lengths, formats, format))
FORWARD(int, PQputCopyData, (PGconn * connection, const char* data, int size), (connection, data, size))
FORWARD(int, PQputCopyEnd, (PGconn * connection, const char* error), (connection, error))
FORWARD(PGresult*, PQgetResult, (PGconn * connection), (connection))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult* result), (result))
FORWARD(char*, PQresultErrorMessage, (const PGresult* result), (result))
FORWARD(char*, PQresultErrorField, (const PGresult* result, int field), (result, field))
FORWARD(int, PQntuples, (const PGresult* result), (result))
FORWARD(int, PQnfields, (const PGresult* result), (result))
FORWARD(int, PQgetisnull, (const PGresult* result, int row, int column), (result, row, column))
FORWARD(int, PQgetlength, (const PGresult* result, int row, int column), (result, row, column))
FORWARD(char*, PQgetvalue, (const PGresult* result, int row, int column), (result, row, column))
FORWARD(char*, PQcmdTuples, (PGresult * result), (result))
FORWARD(void, PQclear, (PGresult * result), (result))
FORWARD(int, PQlibVersion, (), ())

}  // extern "C"
