#include "handlers/mounted_handlers.hpp"

#include "gateway/base/log.hpp"
#include "handlers/bosh/bosh_handler.hpp"
#include "handlers/discovery/discovery.hpp"
#include "handlers/health/health.hpp"
#include "handlers/websocket/websocket_handler.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace meerkat {

namespace {

// The table of handlers: from each type's options to what serves it.
class handler_maker {
public:
    handler_maker(const http_listener_options& listener, const handler_surroundings& around,
                  const shaper_rates& rates)
        : listener_(listener), around_(around), rates_(rates) {}

    result<mounted_handler> operator()(const websocket_options& options) const {
        return changeable<websocket_options>(std::make_shared<websocket_handler>(
            options, rates_(options.client.shaper), around_.addresses, around_.streams));
    }

    result<mounted_handler> operator()(const bosh_options& options) const {
        return changeable<bosh_options>(std::make_shared<bosh_handler>(
            options, around_.bosh, rates_(options.client.shaper), around_.addresses, around_.streams));
    }

    result<mounted_handler> operator()(const discovery_options&) const {
        discovery::paths mounted;
        for (const http_handler_options& other : listener_.handlers) {
            if (std::holds_alternative<websocket_options>(other.handler)) mounted.websocket = other.path;
            if (std::holds_alternative<bosh_options>(other.handler)) mounted.bosh = other.path;
        }
        return fixed(std::make_shared<discovery>(std::move(mounted)));
    }

    result<mounted_handler> operator()(const health_options&) const {
        return fixed(std::make_shared<health>(around_.ready));
    }

    result<mounted_handler> operator()(const static_options& options) const {
        if (options.directory.empty()) {
            auto files = around_.bundle(options.bundle);
            if (files.empty())
                log::warning("bundle_missing",
                             {{"bundle", options.bundle}, {"advice", "build with MEERKAT_WEB=ON"}});
            return fixed(std::make_shared<static_files>(std::move(files), listener_.protocol.compress));
        }
        auto files = read_folder(options.directory);
        if (files.has_error())
            return error(files.error().code, options.directory + ": " + files.error().detail);
        return fixed(std::make_shared<static_files>(std::move(*files), listener_.protocol.compress));
    }

private:
    static mounted_handler fixed(std::shared_ptr<http::handler> made) {
        return {.place = {}, .handler = std::move(made), .change = {}};
    }

    // Whoever is connected through it goes on under the new options.
    template <class Options, class Handler>
    static mounted_handler changeable(const std::shared_ptr<Handler>& made) {
        const auto change = [made](const http_handler_options& next, const shaper_rates& rates,
                                   preparation& all) {
            const auto& own = std::get<Options>(next.handler);
            made->prepare(own, rates(own.client.shaper), all);
        };
        return {.place = {}, .handler = made, .change = change};
    }

    const http_listener_options& listener_;
    const handler_surroundings& around_;
    const shaper_rates& rates_;
};

std::string place_of(const http_handler_options& options) {
    return std::to_string(options.handler.index()) + ' ' + options.host + ' ' + options.path;
}

// The same place may be written twice; each is taken over once.
const mounted_handler* find_running(const mounted_handlers& running, const std::string& place,
                                    const mounted_handlers& taken) {
    const auto found = std::ranges::find_if(running, [&](const mounted_handler& each) {
        return each.place == place && each.change &&
               std::ranges::find(taken, each.handler, &mounted_handler::handler) == taken.end();
    });
    return found == running.end() ? nullptr : &*found;
}

}  // namespace

result<mounted_handlers> mount(const http_listener_options& options, const handler_surroundings& around,
                               const shaper_rates& rates, const mounted_handlers& running,
                               preparation& change) {
    const handler_maker make(options, around, rates);
    mounted_handlers all;
    for (const http_handler_options& each : options.handlers) {
        const std::string place = place_of(each);
        if (const mounted_handler* const there = find_running(running, place, all)) {
            there->change(each, rates, change);
            all.push_back(*there);
            continue;
        }
        auto made = std::visit(make, each.handler);
        if (made.has_error()) return made.error();
        made->place = place;
        all.push_back(std::move(*made));
    }
    return all;
}

result<http::routes> routes_to(const mounted_handlers& mounted, const http_listener_options& options) {
    std::vector<http::route> list;
    for (std::size_t i = 0; i < mounted.size(); ++i) {
        for (std::string& path : routed_paths(options.handlers[i]))
            list.push_back({options.handlers[i].host, std::move(path), mounted[i].handler});
    }
    return http::routes::make(std::move(list));
}

}  // namespace meerkat
