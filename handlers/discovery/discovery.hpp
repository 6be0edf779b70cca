#pragma once
// Where browsers find the XMPP service of a host: /.well-known/host-meta and host-meta.json, XEP-0156.

#include "gateway/http/handler.hpp"

#include <string>

namespace meerkat {

class discovery final : public http::handler {
public:
    struct paths {
        std::string websocket;  // of the same listener; empty: none
        std::string bosh;
    };

    explicit discovery(paths mounted) : mounted_(std::move(mounted)) {}

    // The links lead to the host, port and encryption the request came with.
    task<http::response> handle(const http::request& asked) override;

private:
    const paths mounted_;
};

}  // namespace meerkat
