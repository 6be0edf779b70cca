#include "tests/scenarios/runner/bosh_client.hpp"

#include "gateway/base/digest.hpp"
#include "gateway/http/syntax.hpp"
#include "xmpp/xml/element_parser.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace meerkat::testing {

namespace {

// Of a client that keeps trying.
constexpr std::chrono::seconds patience{30};

std::uint64_t first_rid() { return 1 + std::stoull(random_hex(6), nullptr, 16); }

}  // namespace

unsigned http_answer::status() const { return static_cast<unsigned>(std::stoul(head.substr(9, 3))); }

std::string http_answer::field(std::string_view name) const {
    for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
        const std::string_view line =
            std::string_view(head).substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        if (http::to_lower(line.substr(0, colon)) == http::to_lower(name))
            return std::string(line.substr(colon + 2));
    }
    return {};
}

void http_exchange::ask(std::string_view body, std::string_view method,
                        const std::vector<std::string>& fields) {
    std::string request = std::string(method) + " /http-bind HTTP/1.1\r\nHost: localhost\r\n";
    for (const std::string& each : fields) request += each + "\r\n";
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    if (std::exchange(closing_, false) && port_ != 0) connection_.emplace(port_);
    connection_->write(request + "\r\n" + std::string(body));
}

http_answer http_exchange::answer() {
    const auto more = [this] {
        if (!connection_->read(unread_)) throw std::runtime_error("the connection ended before the answer");
    };
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) more();
    http_answer made{unread_.substr(0, end + 4), {}};
    const std::string length = made.field("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (unread_.size() < end + 4 + size) more();
    made.body = unread_.substr(end + 4, size);
    unread_.erase(0, end + 4 + size);
    closing_ = made.field("Connection") == "close";
    return made;
}

http_exchange::progress http_exchange::look() {
    bool ended = false;
    while (!ended && connection_->readable()) ended = !connection_->read(unread_);
    if (!unread_.empty()) return progress::answered;
    return ended ? progress::lost : progress::nothing;
}

http_answer ask_once(std::uint16_t port, std::string_view body, std::string_view method,
                     const std::vector<std::string>& fields) {
    http_exchange line(port);
    line.ask(body, method, fields);
    return line.answer();
}

std::string attribute_of(std::string_view body, std::string_view name) {
    const std::string start = " " + std::string(name) + "='";
    const std::string_view tag = body.substr(0, body.find('>'));
    const std::size_t at = tag.find(start);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = tag.substr(at + start.size());
    return std::string(rest.substr(0, rest.find('\'')));
}

bosh_client::bosh_client(way to_server)
    : to_server_(std::move(to_server)),
      lines_{std::make_unique<http_exchange>(to_server_()), nullptr},
      rid_(first_rid()) {}

void bosh_client::open(std::string_view attributes) {
    std::string said(attributes);
    if (sid_.empty())
        said += " hold='1' wait='60' ver='1.11' xml:lang='en' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'";
    else
        said += " xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'";
    request(said, {});
}

void bosh_client::send(std::string_view elements, std::string_view attributes) {
    if (!keeps_trying_) return request(attributes, elements);
    // Its answer says that it came. The server answers a request when the next one has come, or sooner.
    const std::uint64_t sent = rid_;
    request(attributes, elements);
    while (!ended_ && open_.back().rid >= sent && open_.front().rid <= sent) {
        request({}, {});
        insist(1);
    }
}

void bosh_client::terminate() { request("type='terminate'", {}); }

void bosh_client::request(std::string_view attributes, std::string_view content) {
    if (ended_) return;
    if (open_.size() == 2) answers_.push_back(next_answer());
    if (ended_) return;
    std::string body =
        "<body xmlns='http://jabber.org/protocol/httpbind' rid='" + std::to_string(rid_++) + "'";
    if (!sid_.empty()) body += " sid='" + sid_ + "'";
    body += " " + std::string(attributes) + ">" + std::string(content) + "</body>";
    open_request made{rid_ - 1, !open_.empty() && open_.front().line == 0 ? 1U : 0U, std::move(body)};
    if (ask_again(made) || keeps_trying_)
        open_.push_back(std::move(made));
    else
        ended_ = true;
}

void bosh_client::ask(const open_request& what) {
    auto& line = lines_[what.line];
    if (!line) line = std::make_unique<http_exchange>(to_server_());
    line->ask(what.body);
}

bool bosh_client::ask_again(const open_request& what) {
    try {
        ask(what);
        return true;
    } catch (const std::exception&) {
        lines_[what.line].reset();
        return false;
    }
}

// Until no more than so many requests wait for their answers.
void bosh_client::insist(std::size_t most_open) {
    const auto begin = std::chrono::steady_clock::now();
    while (open_.size() > most_open) {
        bool answered = false;
        for (const open_request& each : open_) {
            auto& line = lines_[each.line];
            const auto how = line ? line->look() : http_exchange::progress::lost;
            if (how == http_exchange::progress::lost) {
                line.reset();
                ask_again(each);
            }
            if (&each == &open_.front()) answered = how == http_exchange::progress::answered;
        }
        if (answered)
            answers_.push_back(next_answer());
        else if (std::chrono::steady_clock::now() - begin > patience)
            throw silence("the server does not answer a request");
        else
            std::this_thread::yield();
    }
}

xml::document bosh_client::next_answer() {
    const open_request asked = std::move(open_.front());
    open_.pop_front();
    const http_answer got = lines_[asked.line]->answer();
    if (got.status() != 200) throw std::runtime_error("not answered: " + got.head);
    xml::parsed_element read = xml::parse_element(got.body, " ");
    if (!read.element) throw std::runtime_error("the server sent what is no XML: " + got.body);
    const xml::element& body = read.element.root();
    if (sid_.empty()) sid_ = body.attr("sid");
    ended_ = ended_ || body.attr("type") == "terminate";
    if (got.field("Connection") == "close") lines_[asked.line].reset();
    return std::move(read.element);
}

xml::document bosh_client::receive() {
    if (answers_.empty()) {
        if (open_.empty()) request({}, {});
        if (open_.empty()) return {};
        if (!keeps_trying_) return next_answer();
        insist(open_.size() - 1);
    }
    xml::document first = std::move(answers_.front());
    answers_.pop_front();
    return first;
}

void bosh_client::forget_requests() {
    if (open_.empty()) request({}, {});
    for (auto& line : lines_) line.reset();
    open_.clear();
}

void bosh_client::vanish() {
    if (!ended_ && !sid_.empty()) {
        request("pause='1'", {});
        while (!open_.empty()) next_answer();
    }
    for (auto& line : lines_) {
        if (line) line->socket().reset();
        line.reset();
    }
    ended_ = true;
}

}  // namespace meerkat::testing
