#pragma once
// Characters and small forms of RFC 9110, 9112 and 3986 that several readers of HTTP need.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::http {

bool is_token_character(unsigned char c);  // RFC 9110, 5.6.2
bool is_token(std::string_view text);      // one at least
// Visible characters, spaces, tabs and obs-text: what a field value may hold (RFC 9110, 5.5).
bool is_field_value(std::string_view text);

char to_lower(char c);
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);  // without spaces and tabs at both ends

// Takes the first element off a comma-separated list, trimmed; it may be empty.
std::string_view next_list_element(std::string_view& rest);

// The same with semicolons, as between a value and its parameters.
std::string_view next_parameter(std::string_view& rest);

struct authority {
    std::string host;  // lower case, IPv6 in brackets, without port
    std::string port;  // as sent, empty where none was
};
// uri-host [":" port], RFC 3986, 3.2; no user information. Nothing when malformed or empty.
std::optional<authority> read_authority(std::string_view text);

// The segments of a path, each percent-decoded, dot segments removed; a slash at the end makes no segment.
// Nothing when it does not begin with '/', an escape is malformed, or one stands for NUL.
std::optional<std::vector<std::string>> read_path(std::string_view path);

}  // namespace meerkat::http
