#include "xmpp/storage/schema.hpp"

#include <array>

namespace meerkat::storage {

namespace {

// Words instead of numbers for what is an enumeration here: whoever looks into the file can read it, and the
// order of an enumeration may change.
constexpr std::array<std::string_view, 1> account_steps{
    R"(CREATE TABLE account (
           domain TEXT NOT NULL,
           local TEXT NOT NULL,
           created_at INTEGER NOT NULL,
           PRIMARY KEY (domain, local)
       ) WITHOUT ROWID;
       CREATE TABLE scram_keys (
           domain TEXT NOT NULL,
           local TEXT NOT NULL,
           hash TEXT NOT NULL,
           iterations INTEGER NOT NULL,
           salt BLOB NOT NULL,
           stored_key BLOB NOT NULL,
           server_key BLOB NOT NULL,
           PRIMARY KEY (domain, local, hash),
           FOREIGN KEY (domain, local) REFERENCES account ON DELETE CASCADE
       ) WITHOUT ROWID;
       CREATE TABLE secret (
           name TEXT NOT NULL PRIMARY KEY,
           value BLOB NOT NULL
       ) WITHOUT ROWID)"};

constexpr std::array<std::string_view, 1> roster_steps{
    R"(CREATE TABLE roster_item (
           owner TEXT NOT NULL,
           contact TEXT NOT NULL,
           name TEXT NOT NULL,
           subscription TEXT NOT NULL CHECK (subscription IN ('none', 'to', 'from', 'both')),
           pending TEXT NOT NULL CHECK (pending IN ('none', 'out', 'in', 'both')),
           request_status TEXT NOT NULL,
           PRIMARY KEY (owner, contact)
       ) WITHOUT ROWID;
       CREATE TABLE roster_group (
           owner TEXT NOT NULL,
           contact TEXT NOT NULL,
           name TEXT NOT NULL,
           PRIMARY KEY (owner, contact, name),
           FOREIGN KEY (owner, contact) REFERENCES roster_item ON DELETE CASCADE
       ) WITHOUT ROWID;
       CREATE TABLE roster_version (
           owner TEXT NOT NULL PRIMARY KEY,
           version TEXT NOT NULL
       ) WITHOUT ROWID)"};

constexpr std::array schemas{db::schema{"account", account_steps}, db::schema{"roster", roster_steps}};

}  // namespace

std::span<const db::schema> sqlite_schemas() { return schemas; }

}  // namespace meerkat::storage
