#include "gateway/db/connection.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace meerkat::db {

namespace {

// How many virtual machine steps of SQLite pass between two looks at the clock: some tens of microseconds.
constexpr int steps_between_looks = 1000;
// Another process may hold the lock for a moment: a backup, an administrator's shell.
constexpr int busy_timeout_ms = 1000;

errc meaning_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return errc::conflict;
        case SQLITE_INTERRUPT:
            return errc::timed_out;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return errc::overloaded;
        case SQLITE_ERROR:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
            return errc::invalid;
        default:
            return errc::unavailable;
    }
}

// Each connection stays with one thread at a time, and nobody reads SQLite's memory statistics: without
// these two locks a lookup is a third cheaper.
void configure_library() {
    static std::once_flag once;
    std::call_once(once, [] {
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    });
}

// SQLite would create the file readable for everyone; it holds what passwords are checked with. The files
// beside it take over its mode.
void create_private(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor >= 0) ::close(descriptor);
}

// An empty view may have no pointer, which SQLite would take for NULL.
const char* data_of(std::string_view bytes) { return bytes.empty() ? "" : bytes.data(); }

}  // namespace

statement::statement(statement&& other) noexcept
    : owner_(other.owner_),
      handle_(std::exchange(other.handle_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      next_(other.next_),
      done_(other.done_) {}

statement::~statement() {
    if (handle_ == nullptr) return;
    if (in_use_ == nullptr) {
        sqlite3_finalize(handle_);
        return;
    }
    sqlite3_reset(handle_);  // repeats the error of the last step, which is known already
    sqlite3_clear_bindings(handle_);
    *in_use_ = false;
}

statement& statement::check(int code) {
    if (code != SQLITE_OK) owner_.fail(code);
    return *this;
}

statement& statement::bind(std::string_view text) {
    if (handle_ == nullptr) return *this;
    return check(
        sqlite3_bind_text64(handle_, next_++, data_of(text), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

statement& statement::bind(blob b) {
    if (handle_ == nullptr) return *this;
    return check(sqlite3_bind_blob64(handle_, next_++, data_of(b.bytes), b.bytes.size(), SQLITE_TRANSIENT));
}

statement& statement::bind(std::int64_t number) {
    if (handle_ == nullptr) return *this;
    return check(sqlite3_bind_int64(handle_, next_++, number));
}

statement& statement::bind(std::nullopt_t) {
    if (handle_ == nullptr) return *this;
    return check(sqlite3_bind_null(handle_, next_++));
}

bool statement::step() {
    // One step beyond the end would start the statement again.
    if (handle_ == nullptr || done_ || owner_.failure_) return false;
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    done_ = true;
    if (code != SQLITE_DONE) owner_.fail(code);
    return false;
}

bool statement::run() {
    while (step()) {
    }
    return !owner_.failure_;
}

std::string_view statement::text(int column) const {
    if (handle_ == nullptr) return {};
    const unsigned char* const start = sqlite3_column_text(handle_, column);
    if (start == nullptr) return {};
    return {reinterpret_cast<const char*>(start),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view statement::bytes(int column) const {
    if (handle_ == nullptr) return {};
    const void* const start = sqlite3_column_blob(handle_, column);
    if (start == nullptr) return {};
    return {static_cast<const char*>(start), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::int64_t statement::integer(int column) const {
    return handle_ == nullptr ? 0 : sqlite3_column_int64(handle_, column);
}

bool statement::is_null(int column) const {
    return handle_ == nullptr || sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

result<std::unique_ptr<connection>> connection::open(const std::string& file, access mode) {
    configure_library();
    const bool writes = mode == access::read_write;
    if (writes) create_private(file);
    sqlite3* handle = nullptr;
    const int flags =
        (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
    std::unique_ptr<connection> opened(new connection(handle));
    if (code != SQLITE_OK) return error(meaning_of(code), sqlite3_errstr(code));

    sqlite3_busy_timeout(handle, busy_timeout_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_progress_handler(handle, steps_between_looks, &connection::watch, opened.get());
    opened->execute_script("PRAGMA foreign_keys = ON");
    if (writes) {
        auto mode_now = opened->prepare("PRAGMA journal_mode = WAL");
        const bool set = mode_now.step() && mode_now.text(0) == "wal";
        if (!set && !opened->failure())
            return error(errc::unavailable, "a write-ahead log is not possible there");
        mode_now.run();
        opened->execute_script("PRAGMA synchronous = FULL");
    }
    if (opened->failure()) return *opened->failure();
    return opened;
}

connection::connection(sqlite3* handle) : handle_(handle) {}

connection::~connection() {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.handle);
    sqlite3_close(handle_);
}

sqlite3_stmt* connection::compile(std::string_view sql, bool keep) {
    sqlite3_stmt* handle = nullptr;
    const unsigned flags = keep ? SQLITE_PREPARE_PERSISTENT : 0;
    const int code =
        sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), flags, &handle, nullptr);
    if (code != SQLITE_OK) fail(code);
    return handle;
}

statement connection::prepare_cached(std::string_view sql) {
    if (failure_) return {*this, nullptr, nullptr};
    if (const auto known = statements_.find(sql); known != statements_.end()) {
        cached& c = known->second;
        if (c.in_use) return {*this, compile(sql, false), nullptr};
        c.in_use = true;
        return {*this, c.handle, &c.in_use};
    }
    sqlite3_stmt* const handle = compile(sql, true);
    if (handle == nullptr) return {*this, nullptr, nullptr};
    cached& c = statements_.emplace(sql, cached{handle, true}).first->second;
    return {*this, handle, &c.in_use};
}

bool connection::execute_script(const std::string& sql) {
    if (failure_) return false;
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
    return code == SQLITE_OK;
}

std::int64_t connection::changes() const { return sqlite3_changes64(handle_); }

bool connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void connection::fail(int code) {
    if (!failure_) failure_ = error(meaning_of(code), sqlite3_errmsg(handle_));
}

int connection::watch(void* self) {
    const auto& moment = static_cast<connection*>(self)->stop_after_;
    return moment && std::chrono::steady_clock::now() > *moment ? 1 : 0;
}

}  // namespace meerkat::db
