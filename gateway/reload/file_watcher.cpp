#include "gateway/reload/file_watcher.hpp"

#include "gateway/base/log.hpp"
#include "gateway/reload/path_steps.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace meerkat {

namespace {

constexpr std::uint32_t interesting = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                      IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

result<std::unique_ptr<file_watcher>> file_watcher::start(paths files, std::chrono::milliseconds settle,
                                                          std::function<void()> changed) {
    const int notifications = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (notifications < 0) return error(errc::unavailable, std::string("inotify: ") + std::strerror(errno));
    const int wake = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (wake < 0) {
        error failure(errc::unavailable, std::string("eventfd: ") + std::strerror(errno));
        ::close(notifications);
        return failure;
    }
    std::unique_ptr<file_watcher> made(
        new file_watcher(notifications, wake, std::move(files), settle, std::move(changed)));
    // Before the thread: what changes once this has returned is seen.
    made->place_watches();
    made->thread_ = std::thread([self = made.get()] { self->run(); });
    return made;
}

file_watcher::file_watcher(int notifications, int wake, paths files, std::chrono::milliseconds settle,
                           std::function<void()> changed)
    : notifications_(notifications),
      wake_(wake),
      settle_(settle),
      changed_(std::move(changed)),
      files_(std::move(files)) {}

file_watcher::~file_watcher() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake();
        thread_.join();
    }
    ::close(wake_);
    ::close(notifications_);
}

void file_watcher::watch(paths files) {
    {
        const std::lock_guard lock(mutex_);
        if (files == files_) return;
        files_ = std::move(files);
        other_files_ = true;
    }
    wake();
}

void file_watcher::wake() {
    const std::uint64_t one = 1;
    // Fails only when it is due to wake up anyway.
    [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void file_watcher::run() {
    std::optional<clock::time_point> due;
    for (;;) {
        int patience = -1;
        if (due) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - clock::now()).count();
            patience = static_cast<int>(std::max<std::chrono::milliseconds::rep>(left, 0));
        }
        std::array<pollfd, 2> waiting{pollfd{notifications_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
        ::poll(waiting.data(), waiting.size(), patience);
        std::uint64_t wakes = 0;
        [[maybe_unused]] const ssize_t taken = ::read(wake_, &wakes, sizeof wakes);
        bool others = false;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            others = std::exchange(other_files_, false);
        }
        if (others) place_watches();
        if (take_events()) due = clock::now() + settle_;
        if (!due || clock::now() < *due) continue;
        due.reset();
        // Before the files are read again: what changes from here on is a new change.
        place_watches();
        changed_();
    }
}

void file_watcher::place_watches() {
    names_by_folder wanted;
    {
        const std::lock_guard lock(mutex_);
        for (const std::filesystem::path& each : files_) add_steps(each, wanted);
    }
    std::map<int, std::set<std::string>> placed;
    for (auto& [folder, names] : wanted) {
        // The same folder has the same watch, whichever way it is reached.
        const int watch = ::inotify_add_watch(notifications_, folder.c_str(), interesting);
        if (watch < 0) {
            log::warning("folder_not_watched",
                         {{"folder", folder.string()}, {"reason", std::strerror(errno)}});
            continue;
        }
        placed[watch].merge(names);
    }
    for (const auto& [watch, names] : watches_) {
        if (!placed.contains(watch)) ::inotify_rm_watch(notifications_, watch);
    }
    watches_ = std::move(placed);
}

bool file_watcher::take_events() {
    alignas(inotify_event) std::array<char, 4096> buffer;
    bool concerned = false;
    for (;;) {
        const ssize_t size = ::read(notifications_, buffer.data(), buffer.size());
        if (size <= 0) return concerned;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const char* const name = event.len == 0 ? "" : buffer.data() + at + sizeof event;
            const bool lost = (event.mask & IN_Q_OVERFLOW) != 0;
            concerned = concerned || lost || concerns(event.wd, name);
            at += sizeof event + event.len;
        }
    }
}

// Without a name it is the folder itself that has changed.
bool file_watcher::concerns(int watch, const char* name) const {
    const auto found = watches_.find(watch);
    return found != watches_.end() && (*name == '\0' || found->second.contains(name));
}

}  // namespace meerkat
