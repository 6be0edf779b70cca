#pragma once
// Serves files from memory: a page built into the program, or a folder read once at start, so that no request
// touches a disk and no path can lead out of the folder.

#include "gateway/base/error.hpp"
#include "gateway/http/handler.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

struct static_file {
    std::string path;  // below the mount point, without a leading slash: "index.html"
    std::string content_type;
    std::string etag;       // strong, with its quotes
    std::string_view body;  // of `owned`, or living as long as the program
    std::shared_ptr<const std::string> owned;
};

// The folder's regular files, all levels; nothing whose name begins with a dot, no symbolic links.
// not_found, or overloaded above `limit` bytes in all. Blocks: for start-up and reload.
result<std::vector<static_file>> read_folder(const std::string& directory, std::size_t limit = 64 << 20);

// Anything with path, content_type, body and etag as views of bytes that live as long as the program.
template <class Files>
std::vector<static_file> files_of_bundle(const Files& bundle) {
    std::vector<static_file> files;
    for (const auto& file : bundle) {
        files.push_back({std::string(file.path), std::string(file.content_type), std::string(file.etag),
                         file.body, nullptr});
    }
    return files;
}

// Mounted on a path that ends with [...]. "index.html" answers for its folder; a folder's address without the
// slash is redirected to the one with it. Files below "assets/" carry a digest in their names and are cached
// for ever, all others are revalidated.
class static_files final : public http::handler {
public:
    // With `compress`, what becomes smaller by it is kept compressed too. Blocks then: for start-up.
    explicit static_files(std::vector<static_file> files, bool compress = false);

    task<http::response> handle(const http::request& asked) override;

private:
    http::response answer(const http::request& asked) const;
    struct kept_file {
        static_file as_is;
        std::string gzip;  // empty: not worth it
        std::string gzip_etag = {};
    };

    http::response give(const kept_file& file, const http::request& asked) const;

    std::map<std::string, kept_file, std::less<>> files_;
};

}  // namespace meerkat
