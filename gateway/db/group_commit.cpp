#include "gateway/db/group_commit.hpp"

namespace meerkat::db {

namespace {

// The jobs of a transaction that may yet succeed.
class open_group {
public:
    explicit open_group(connection& c) : connection_(c) {}

    void run(job& work) {
        if (!begin()) {
            work.fail(*trouble_);
            return;
        }
        connection_.run("SAVEPOINT work");
        if (run_guarded(work, connection_)) {
            promised_.push_back(&work);
            if (!connection_.run("RELEASE work")) abandon();
        } else {
            take_back();
        }
        if (!connection_.in_transaction()) lose(error(errc::unavailable, "the transaction was lost"));
    }

    void commit() {
        if (!connection_.in_transaction()) return;
        if (connection_.run("COMMIT")) {
            promised_.clear();
            return;
        }
        error reason = *connection_.failure();
        abandon();
        lose(std::move(reason));
    }

    const std::optional<error>& trouble() const { return trouble_; }

private:
    bool begin() {
        connection_.clear_failure();
        if (connection_.in_transaction() || connection_.run("BEGIN IMMEDIATE")) return true;
        note(*connection_.failure());
        return false;
    }

    void take_back() {
        const bool grave = connection_.failure() && *connection_.failure() == errc::unavailable;
        if (grave) note(*connection_.failure());
        connection_.clear_failure();
        if (!connection_.in_transaction()) return;
        connection_.run("ROLLBACK TO work");
        connection_.run("RELEASE work");
    }

    void abandon() {
        connection_.clear_failure();
        if (connection_.in_transaction()) connection_.run("ROLLBACK");
        connection_.clear_failure();
    }

    // SQLite has rolled back everything, as it does when the disk is full: what was promised is gone.
    void lose(error reason) {
        note(reason);
        for (job* const work : promised_) work->fail(*trouble_);
        promised_.clear();
    }

    void note(const error& reason) {
        if (!trouble_) trouble_ = reason;
    }

    connection& connection_;
    std::vector<job*> promised_;
    std::optional<error> trouble_;
};

}  // namespace

bool run_guarded(job& work, connection& c) {
    try {
        return work.run(c);
    } catch (const std::exception& e) {
        work.fail(error(errc::unavailable, e.what()));
        return false;
    }
}

std::optional<error> commit_group(connection& c, std::vector<std::unique_ptr<job>>& group) {
    open_group open(c);
    for (const auto& work : group) open.run(*work);
    open.commit();
    return open.trouble();
}

}  // namespace meerkat::db
