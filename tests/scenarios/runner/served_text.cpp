#include "tests/scenarios/runner/served_text.hpp"

#include "gateway/base/log.hpp"
#include "tests/scenarios/runner/connection.hpp"

#include <stdexcept>

namespace meerkat::testing {

served_text::served_text(const std::string& text) : text_(text) {
    log::configure(log::level::none, log::format::logfmt);
    auto reading = read();
    if (!reading.servable()) {
        std::string findings;
        for (const config::diagnostic& each : reading.findings) findings += config::render(each) + "\n";
        throw std::runtime_error(findings);
    }
    const auto read_again = [this] {
        const std::lock_guard lock(mutex_);
        return read();
    };
    auto made = app::make(std::make_shared<const configuration>(std::move(*reading.value)),
                          {std::move(reading.effective), read_again});
    if (made.has_error()) {
        refusal_ = made.error().detail;
        return;
    }
    app_ = std::move(*made);
    app_->start_shards();
    app_->start_listening();
}

configuration_reading served_text::read() const {
    return read_configuration(
        "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\nshards = 1\n"
        "loglevel = \"none\"\ndata_dir = \"" +
            (folder_ / "data").string() + "\"\n" + text_,
        "test configuration");
}

reload_report served_text::reload(const std::string& text) {
    {
        const std::lock_guard lock(mutex_);
        text_ = text;
    }
    return app_->reload();
}

served_text::~served_text() {
    if (app_) app_->stop(std::chrono::milliseconds(1000));
}

std::string listener(const std::string& kind, const std::string& ip_address, std::uint16_t port) {
    return "[[listen." + kind + "]]\nip_address = \"" + ip_address + "\"\nport = " + std::to_string(port) +
           '\n';
}

std::string http_get(std::uint16_t port, const std::string& host, const std::string& path,
                     const std::string& fields) {
    connection client(port);
    client.write("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + fields +
                 "\r\n");
    return client.read_all();
}

std::string http_status(std::uint16_t port, const std::string& host, const std::string& path,
                        const std::string& fields) {
    const std::string answer = http_get(port, host, path, fields);
    if (!answer.starts_with("HTTP/1.1 ")) throw std::runtime_error("no HTTP: " + answer);
    return answer.substr(9, 3);
}

}  // namespace meerkat::testing
