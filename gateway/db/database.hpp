#pragma once
// An asynchronous SQLite database: one thread writes and commits in groups, others read beside it. Work is a
// function that runs on one of those threads; the caller waits for it as a coroutine on its own shard. What
// is acknowledged is on the disk.

#include "gateway/base/error.hpp"
#include "gateway/base/function.hpp"
#include "gateway/base/task.hpp"
#include "gateway/db/connection.hpp"
#include "gateway/db/job.hpp"
#include "gateway/db/schema.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>

namespace meerkat::db {

struct database_options {
    std::filesystem::path file;
    unsigned readers = 2;
    std::size_t queue_limit = 4096;  // jobs waiting: as many writes, as many reads
    std::size_t group_limit = 512;   // writes committed together at most
    std::chrono::milliseconds patience{5000};
};

struct database_figures {
    std::uint64_t reads = 0, writes = 0, commits = 0;
    std::size_t waiting_reads = 0, waiting_writes = 0;
};

class database {
public:
    // Opens or creates the file (write-ahead log, synchronous=FULL), brings every schema up to date, then
    // starts the threads. Blocks. `prepare` runs last, in a transaction, for what must be there before the
    // first job. The error's detail is a sentence for the log: which file, what is wrong, what to do.
    static result<std::unique_ptr<database>> open(const database_options& options,
                                                  std::span<const schema> schemas,
                                                  unique_function<void(connection&)> prepare = nullptr);
    // Refuses what is queued (cancelled), finishes what runs, joins. The shards it answers to still exist
    // then, running or stopped.
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    // Runs `work(connection&)` on a reader, and resumes the caller on its shard with what it returned, a T or
    // a result<T>. The work is called once, on another thread: it owns all it touches. overloaded: the queue
    // is full; timed_out: the patience ended in the queue or while a statement ran. The wait is not
    // cancellable; the patience bounds it. Each statement sees all writes acknowledged before it.
    template <class Work>
    task<job_result<Work>> read(Work work) {
        auto queued = std::make_unique<job_of<Work>>(std::move(work));
        auto done = co_await submit(lane::read, std::move(queued));
        co_return static_cast<job_of<Work>&>(*done).take();
    }

    // The same on the writer, inside a transaction that other writes share: an error, returned or met by a
    // statement, takes back this work alone. Returns after the commit. Once begun it is not stopped by the
    // patience; timed_out means that nothing was done.
    template <class Work>
    task<job_result<Work>> write(Work work) {
        auto queued = std::make_unique<job_of<Work>>(std::move(work));
        auto done = co_await submit(lane::write, std::move(queued));
        co_return static_cast<job_of<Work>&>(*done).take();
    }

    database_figures figures() const;

private:
    enum class lane : std::uint8_t { read, write };
    struct state;

    explicit database(std::unique_ptr<state> s);
    task<std::unique_ptr<job>> submit(lane where, std::unique_ptr<job> work);

    std::unique_ptr<state> state_;
};

}  // namespace meerkat::db
