// Files are watched as administrators, certbot and Kubernetes replace them.

#include "gateway/reload/file_watcher.hpp"

#include "gateway/reload/path_steps.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <fstream>

using namespace meerkat;
using namespace meerkat::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds settle{20};

void write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::trunc) << text; }

std::string content(const fs::path& file) {
    std::string text;
    std::getline(std::ifstream(file), text);
    return text;
}

class watched {
public:
    explicit watched(file_watcher::paths files, std::chrono::milliseconds after = settle)
        : first_(files.front()) {
        auto made = file_watcher::start(std::move(files), after, [this] {
            const std::lock_guard lock(mutex_);
            seen_ = content(first_);
            ++calls_;
            called_.notify_all();
        });
        REQUIRE(made.has_value());
        watcher_ = std::move(*made);
    }

    // Whether it comes to be seen that the file holds this.
    bool sees(const std::string& text) {
        std::unique_lock lock(mutex_);
        return called_.wait_for(lock, std::chrono::seconds(30), [&] { return seen_ == text; });
    }
    int calls() {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    void watch(file_watcher::paths files) { watcher_->watch(std::move(files)); }

private:
    fs::path first_;
    std::mutex mutex_;
    std::condition_variable called_;
    std::string seen_;
    int calls_ = 0;
    std::unique_ptr<file_watcher> watcher_;
};

}  // namespace

TEST_CASE("a watched file may be written, replaced, removed and made again") {
    temporary_directory folder;
    const fs::path file = folder / "cert.pem";
    write(file, "one");
    watched w({file});
    write(file, "two");
    CHECK(w.sees("two"));
    write(folder / "new.pem", "three");
    fs::rename(folder / "new.pem", file);
    CHECK(w.sees("three"));
    fs::remove(file);
    CHECK(w.sees(""));
    write(file, "four");
    CHECK(w.sees("four"));
}

TEST_CASE("a symbolic link that leads elsewhere is a change, and so is what it leads to") {
    temporary_directory folder;
    fs::create_directories(folder / "archive");
    fs::create_directories(folder / "live");
    write(folder / "archive" / "cert1.pem", "one");
    write(folder / "archive" / "cert2.pem", "two");
    const fs::path file = folder / "live" / "cert.pem";
    fs::create_symlink("../archive/cert1.pem", file);
    watched w({file});
    fs::remove(file);
    fs::create_symlink("../archive/cert2.pem", file);
    CHECK(w.sees("two"));
    write(folder / "archive" / "cert2.pem", "three");
    CHECK(w.sees("three"));
}

TEST_CASE("folders behind a link are swapped as Kubernetes does it") {
    temporary_directory folder;
    const auto publish = [&](const std::string& version, const std::string& text) {
        fs::create_directory(folder / version);
        write(folder / version / "tls.crt", text);
        fs::create_symlink(version, folder / "..data_tmp");
        fs::rename(folder / "..data_tmp", folder / "..data");
    };
    publish("..1", "one");
    fs::create_symlink("..data/tls.crt", folder / "tls.crt");
    watched w({folder / "tls.crt"});
    publish("..2", "two");
    CHECK(w.sees("two"));
    fs::remove_all(folder / "..1");
    publish("..3", "three");
    CHECK(w.sees("three"));
}

TEST_CASE("a folder may be moved away and another put in its place") {
    temporary_directory folder;
    const fs::path tls = folder / "tls";
    fs::create_directory(tls);
    write(tls / "cert.pem", "one");
    fs::create_directory(folder / "next");
    write(folder / "next" / "cert.pem", "two");
    watched w({tls / "cert.pem"});
    fs::rename(tls, folder / "previous");
    CHECK(w.sees(""));
    fs::rename(folder / "next", tls);
    CHECK(w.sees("two"));
}

TEST_CASE("changes that belong together are seen together, others not at all") {
    temporary_directory folder;
    write(folder / "cert.pem", "one");
    write(folder / "key.pem", "one");
    watched w({folder / "cert.pem", folder / "key.pem"}, std::chrono::milliseconds(1000));
    for (int i = 0; i < 100; ++i) write(folder / "other", std::to_string(i));
    write(folder / "key.pem", "two");
    write(folder / "cert.pem", "two");
    CHECK(w.sees("two"));
    CHECK(w.calls() == 1);
}

TEST_CASE("other files may be watched from some time on") {
    temporary_directory folder;
    write(folder / "old", "one");
    write(folder / "new", "one");
    watched w({folder / "old"});
    w.watch({folder / "old", folder / "new"});
    write(folder / "old", "two");
    CHECK(w.sees("two"));
    const int before = w.calls();
    write(folder / "new", "two");
    while (w.calls() == before) std::this_thread::yield();
    CHECK(w.calls() == before + 1);
}

TEST_CASE("the way to a file is every link on it and the file, or the first name that is missing") {
    temporary_directory folder;
    const fs::path root = fs::canonical(folder.path());
    fs::create_directory(folder / "real");
    write(folder / "real" / "cert", "x");
    fs::create_symlink("real", folder / "link");
    fs::create_symlink("../link/cert", folder / "real" / "again");
    fs::create_symlink("loop", folder / "loop");

    names_by_folder steps;
    add_steps(folder / "link" / "again", steps);
    CHECK(steps == names_by_folder{{root, {"link"}}, {root / "real", {"again", "cert"}}});

    steps.clear();
    add_steps(folder / "nowhere" / "cert", steps);
    CHECK(steps == names_by_folder{{root, {"nowhere"}}});

    steps.clear();
    add_steps(folder / "loop", steps);
    CHECK(steps == names_by_folder{{root, {"loop"}}});
}
