#include "gateway/db/database.hpp"

#include "gateway/base/log.hpp"
#include "gateway/db/group_commit.hpp"
#include "gateway/db/job_queue.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace meerkat::db {

namespace {

using clock_type = std::chrono::steady_clock;

// Says what is wrong with a database once, and again every minute while it goes on: a full disk fails every
// write, and a line for each would fill what is left of it.
class complaint {
public:
    explicit complaint(std::string file) : file_(std::move(file)) {}

    void about(const error& reason) {
        const std::lock_guard lock(mutex_);
        const auto now = clock_type::now();
        ++unsaid_;
        if (reason.detail == last_ && now < quiet_until_) return;
        log::error("database_failed", {{"file", file_},
                                       {"error", to_string(reason.code)},
                                       {"reason", reason.detail},
                                       {"times", unsaid_}});
        last_ = reason.detail;
        quiet_until_ = now + std::chrono::minutes(1);
        unsaid_ = 0;
    }

private:
    const std::string file_;
    std::mutex mutex_;
    std::string last_;
    clock_type::time_point quiet_until_;
    std::uint64_t unsaid_ = 0;
};

// What the disk or a mistake of ours is to blame for, other than the data asked for.
bool worth_a_line(const error& e) {
    return e == errc::unavailable || e == errc::invalid || e == errc::overloaded || e == errc::timed_out;
}

}  // namespace

struct database::state {
    state(const database_options& o, std::unique_ptr<connection> w)
        : options(o),
          writer(std::move(w)),
          writes(o.queue_limit),
          reads(o.queue_limit),
          trouble(o.file.string()) {}

    database_options options;
    std::unique_ptr<connection> writer;
    std::vector<std::unique_ptr<connection>> readers;
    job_queue writes, reads;
    complaint trouble;
    std::atomic<std::uint64_t> read_count{0}, write_count{0}, commit_count{0};
    std::vector<std::thread> threads;

    void write_forever() {
        std::vector<std::unique_ptr<job>> group;
        while (writes.take(group, options.group_limit)) {
            const auto failed = commit_group(*writer, group);
            if (failed) trouble.about(*failed);
            write_count.fetch_add(group.size(), std::memory_order_relaxed);
            commit_count.fetch_add(1, std::memory_order_relaxed);
            for (auto& work : group) answer(std::move(work));
            group.clear();
        }
    }

    void read_forever(connection& c) {
        std::vector<std::unique_ptr<job>> one;
        while (reads.take(one, 1)) {
            c.clear_failure();
            c.stop_after(one.front()->give_up);
            run_guarded(*one.front(), c);
            if (c.failure() && worth_a_line(*c.failure())) trouble.about(*c.failure());
            read_count.fetch_add(1, std::memory_order_relaxed);
            answer(std::move(one.front()));
            one.clear();
        }
    }

    void start() {
        threads.emplace_back([this] { write_forever(); });
        pthread_setname_np(threads.back().native_handle(), "db-writer");
        for (auto& reader : readers) {
            threads.emplace_back([this, c = reader.get()] { read_forever(*c); });
            pthread_setname_np(threads.back().native_handle(), "db-reader");
        }
    }
};

namespace {

error cannot_open(const database_options& options, const error& reason) {
    return {reason.code, "cannot use the database " + options.file.string() + ": " + reason.detail};
}

result<void> run_prepare(connection& c, unique_function<void(connection&)>& prepare) {
    c.run("BEGIN IMMEDIATE");
    if (!c.failure()) prepare(c);
    if (c.run("COMMIT")) return {};
    error reason = *c.failure();
    c.clear_failure();
    if (c.in_transaction()) c.run("ROLLBACK");
    return reason;
}

}  // namespace

result<std::unique_ptr<database>> database::open(const database_options& options,
                                                 std::span<const schema> schemas,
                                                 unique_function<void(connection&)> prepare) {
    const std::string file = options.file.string();
    auto writer = connection::open(file, connection::access::read_write);
    if (!writer) return cannot_open(options, writer.error());
    const result<void> current = bring_up_to_date(**writer, schemas);
    if (!current) return cannot_open(options, current.error());
    if (prepare) {
        const result<void> prepared = run_prepare(**writer, prepare);
        if (!prepared) return cannot_open(options, prepared.error());
    }
    auto s = std::make_unique<state>(options, std::move(*writer));
    for (unsigned i = 0; i < std::max(1U, options.readers); ++i) {
        auto reader = connection::open(file, connection::access::read_only);
        if (!reader) return cannot_open(options, reader.error());
        s->readers.push_back(std::move(*reader));
    }
    s->start();
    return std::unique_ptr<database>(new database(std::move(s)));
}

database::database(std::unique_ptr<state> s) : state_(std::move(s)) {}

database::~database() {
    state_->reads.end();
    state_->writes.end();
    for (auto& thread : state_->threads) thread.join();
    // The last connection to close moves the log into the file, which a reader cannot.
    state_->readers.clear();
    state_->writer.reset();
}

task<std::unique_ptr<job>> database::submit(lane where, std::unique_ptr<job> work) {
    const executor here = co_await boost::asio::this_coro::executor;
    job_queue& queue = where == lane::read ? state_->reads : state_->writes;
    work->give_up = clock_type::now() + state_->options.patience;
    auto start = [&queue, here, &work](auto handler) {
        work->done = [here, handler = std::move(handler)](std::unique_ptr<job> finished) mutable {
            boost::asio::post(here, [handler = std::move(handler), finished = std::move(finished)]() mutable {
                handler(std::move(finished));
            });
        };
        queue.push(std::move(work));
    };
    using token = const boost::asio::use_awaitable_t<executor>;
    auto operation = boost::asio::async_initiate<token, void(std::unique_ptr<job>)>(start, use_task);
    auto finished = co_await std::move(operation);
    co_return finished;
}

database_figures database::figures() const {
    return {.reads = state_->read_count.load(std::memory_order_relaxed),
            .writes = state_->write_count.load(std::memory_order_relaxed),
            .commits = state_->commit_count.load(std::memory_order_relaxed),
            .waiting_reads = state_->reads.waiting(),
            .waiting_writes = state_->writes.waiting()};
}

}  // namespace meerkat::db
