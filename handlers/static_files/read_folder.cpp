#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"
#include "handlers/static_files/static_files.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace meerkat {

namespace {

namespace fs = std::filesystem;

constexpr std::pair<std::string_view, std::string_view> content_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".pdf", "application/pdf"},
};

std::string_view content_type_of(const fs::path& path) {
    const std::string extension = path.extension().string();
    for (const auto& [known, type] : content_types) {
        if (extension == known) return type;
    }
    return "application/octet-stream";
}

// Nothing when the file cannot be opened or is a symbolic link after all.
std::optional<std::string> contents_of(const fs::path& path, std::size_t limit) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    std::string contents;
    std::array<char, 16 * 1024> part;
    ssize_t count = 0;
    while (contents.size() <= limit && (count = ::read(fd, part.data(), part.size())) > 0)
        contents.append(part.data(), static_cast<std::size_t>(count));
    ::close(fd);
    if (count < 0) return std::nullopt;
    return contents;
}

}  // namespace

result<std::vector<static_file>> read_folder(const std::string& directory, std::size_t limit) {
    std::error_code failure;
    fs::recursive_directory_iterator at(directory, failure);
    if (failure) return error(errc::not_found, directory + ": " + failure.message());
    std::vector<static_file> files;
    std::size_t total = 0;
    for (; at != fs::recursive_directory_iterator(); at.increment(failure)) {
        if (failure) return error(errc::unavailable, directory + ": " + failure.message());
        const bool hidden = at->path().filename().string().starts_with('.');
        const fs::file_status status = at->symlink_status(failure);
        if (hidden && fs::is_directory(status)) at.disable_recursion_pending();
        if (hidden || !fs::is_regular_file(status)) continue;
        auto contents = contents_of(at->path(), limit);
        if (!contents) return error(errc::unavailable, at->path().string() + ": cannot be read");
        total += contents->size();
        if (total > limit)
            return error(errc::overloaded, directory + ": more than " + std::to_string(limit) + " bytes");
        static_file file;
        file.path = at->path().lexically_relative(directory).generic_string();
        file.content_type = content_type_of(at->path());
        file.etag = '"' + to_hex(digest(hash_function::sha256, *contents)).substr(0, 32) + '"';
        file.owned = std::make_shared<const std::string>(std::move(*contents));
        file.body = *file.owned;
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace meerkat
