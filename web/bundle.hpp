#pragma once
// The web pages that are built into the program, as plain bytes with what an HTTP answer needs beside them.
// Knows neither HTTP nor files: whoever serves a page asks for its bundle by name.

#include <span>
#include <string_view>

namespace meerkat::web {

// Everything views static storage and lives as long as the program.
struct file {
    std::string_view path;          // below the page's address, without a leading slash: "index.html"
    std::string_view content_type;  // with charset where it is text
    std::string_view body;
    std::string_view etag;  // strong, with its quotes: changes exactly when the body does
};

// The files of a page, sorted by path; one of them is "index.html". Files below "assets/" carry a digest in
// their name and so never change. Empty when there is no such page, or when the program was built with
// MEERKAT_WEB=OFF.
std::span<const file> bundle(std::string_view name) noexcept;

}  // namespace meerkat::web
