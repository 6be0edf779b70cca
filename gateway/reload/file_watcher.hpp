#pragma once
// Calls back when files change, by whatever way they do: written in place, replaced by a rename, or by a
// symbolic link on their path that now points elsewhere (certbot, Kubernetes). On a thread of its own, which
// sleeps until the kernel tells it of a change.

#include "gateway/base/error.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace meerkat {

class file_watcher {
public:
    using paths = std::vector<std::filesystem::path>;

    // Calls `changed`, on the watcher's thread, when `settle` has passed without another change: files that
    // belong together are seldom replaced at once. unavailable: the kernel gives no inotify descriptor.
    static result<std::unique_ptr<file_watcher>> start(paths files, std::chrono::milliseconds settle,
                                                       std::function<void()> changed);
    // Waits for a call under way.
    ~file_watcher();
    file_watcher(const file_watcher&) = delete;
    file_watcher& operator=(const file_watcher&) = delete;

    // Other files from now on. Any thread, `changed` included.
    void watch(paths files);

private:
    using clock = std::chrono::steady_clock;

    file_watcher(int notifications, int wake, paths files, std::chrono::milliseconds settle,
                 std::function<void()> changed);
    void run();
    void place_watches();
    // True when one of them concerns us.
    bool take_events();
    bool concerns(int watch, const char* name) const;
    void wake();

    const int notifications_;  // inotify
    const int wake_;           // eventfd
    const std::chrono::milliseconds settle_;
    const std::function<void()> changed_;

    std::mutex mutex_;
    paths files_;
    bool other_files_ = false;
    bool stopping_ = false;

    std::map<int, std::set<std::string>> watches_;  // names by inotify's watch; the thread's own
    std::thread thread_;
};

}  // namespace meerkat
