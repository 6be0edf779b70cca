#pragma once
// Stream errors (RFC 6120, 4.9.3): every one ends its stream.

#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat {

enum class stream_condition : std::uint8_t {
    bad_format,
    bad_namespace_prefix,
    conflict,
    connection_timeout,
    host_gone,
    host_unknown,
    improper_addressing,
    internal_server_error,
    invalid_from,
    invalid_namespace,
    invalid_xml,
    not_authorized,
    not_well_formed,
    policy_violation,
    remote_connection_failed,
    reset,
    resource_constraint,
    restricted_xml,
    see_other_host,
    system_shutdown,
    undefined_condition,
    unsupported_encoding,
    unsupported_feature,
    unsupported_stanza_type,
    unsupported_version,
    encryption_required,  // not in the RFC's list: what clients of older servers know for "use STARTTLS
                          // first"
};

std::string_view to_string(stream_condition condition);

// What goes with undefined-condition (RFC 6120, 4.9.4).
enum class application_error : std::uint8_t {
    none,
    compression_failed,  // XEP-0138's processing-failed
};

struct stream_error {
    stream_condition condition;
    std::string text = {};
    application_error application = application_error::none;
};

}  // namespace meerkat
