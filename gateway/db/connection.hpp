#pragma once
// One SQLite connection and its statements, as work on a database thread sees them. Failures are sticky: a
// statement that fails yields no rows, every later one on the connection does nothing, and the whole job
// fails with the first error, so work needs to check nothing and cannot commit half of itself.

#include "gateway/base/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace meerkat::db {

class connection;

// Wraps bytes that are to be stored as a BLOB rather than as text.
struct blob {
    std::string_view bytes;
};

// A prepared statement in use; goes back to its connection's cache at the end of its life.
//     auto rows = c.prepare("SELECT name FROM item WHERE owner = ?1", owner);
//     while (rows.step()) names.emplace_back(rows.text(0));
class statement {
public:
    statement(statement&& other) noexcept;
    statement& operator=(statement&&) = delete;
    ~statement();

    // Binds the next parameter; values are copied.
    statement& bind(std::string_view text);
    statement& bind(blob bytes);
    statement& bind(std::int64_t number);
    statement& bind(std::nullopt_t);
    template <class Integer>
        requires std::is_integral_v<Integer>
    statement& bind(Integer number) {
        return bind(static_cast<std::int64_t>(number));
    }
    template <class T>
    statement& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind(std::nullopt);
    }

    // True: there is a row to look at. False: no more rows, or a failure.
    bool step();
    // For statements without rows: steps to the end. False on failure.
    bool run();

    // Columns of the current row, from 0. Views live until the next step.
    std::string_view text(int column) const;
    std::string_view bytes(int column) const;
    std::int64_t integer(int column) const;
    bool is_null(int column) const;

private:
    friend class connection;
    statement(connection& owner, sqlite3_stmt* handle, bool* in_use)
        : owner_(owner), handle_(handle), in_use_(in_use) {}

    statement& check(int code);

    connection& owner_;
    sqlite3_stmt* handle_;  // null: preparing failed
    bool* in_use_;          // the cache's mark; null: not of the cache
    int next_ = 1;          // parameter to bind
    bool done_ = false;
};

// Bound to one thread at a time.
class connection {
public:
    enum class access : std::uint8_t { read_only, read_write };

    static result<std::unique_ptr<connection>> open(const std::string& file, access mode);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // `sql` is a literal: statements are cached by their text for the life of the connection.
    template <class... Values>
    statement prepare(std::string_view sql, const Values&... values) {
        statement s = prepare_cached(sql);
        (s.bind(values), ...);
        return s;
    }
    template <class... Values>
    bool run(std::string_view sql, const Values&... values) {
        return prepare(sql, values...).run();
    }
    // Several statements without parameters, not cached.
    bool execute_script(const std::string& sql);

    std::int64_t changes() const;  // rows changed by the last statement that changes

    // The first failure since clear_failure(): conflict (a constraint), timed_out (stopped by the deadline),
    // overloaded (locked by another process), unavailable (disk, corruption), invalid (the statement itself).
    const std::optional<error>& failure() const { return failure_; }
    void clear_failure() { failure_.reset(); }

    // Statements that run beyond this moment are stopped and fail with timed_out.
    void stop_after(std::optional<std::chrono::steady_clock::time_point> moment) { stop_after_ = moment; }

    // Whether a transaction is open: SQLite itself ends one after grave failures.
    bool in_transaction() const;

private:
    friend class statement;
    struct cached {
        sqlite3_stmt* handle = nullptr;
        bool in_use = false;
    };

    explicit connection(sqlite3* handle);
    statement prepare_cached(std::string_view sql);
    sqlite3_stmt* compile(std::string_view sql, bool keep);
    void fail(int code);
    static int watch(void* self);

    sqlite3* handle_;
    std::unordered_map<std::string_view, cached> statements_;
    std::optional<error> failure_;
    std::optional<std::chrono::steady_clock::time_point> stop_after_;
};

}  // namespace meerkat::db
