#include "web/router.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "web/assets.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace agentd::web {

namespace {

using core::Json;

/// One route: a pattern whose `*` is the proposal, `+` the level of a log.
struct Route {
    Method method;
    std::string_view pattern;
    std::string_view call; ///< method of the contract
};

constexpr std::array routes{
    Route{Method::get, "/status", "status"},
    Route{Method::get, "/proposals", "list"},
    Route{Method::post, "/proposals", "propose"},
    Route{Method::get, "/proposals/*", "show"},
    Route{Method::get, "/proposals/*/diff", "diff"},
    Route{Method::get, "/proposals/*/log/+", "log"},
    Route{Method::post, "/proposals/*/statement", "statement"},
    Route{Method::post, "/proposals/*/approve", "approve"},
    Route{Method::post, "/proposals/*/reject", "reject"},
    Route{Method::post, "/proposals/*/withdraw", "withdraw"},
    Route{Method::post, "/proposals/*/apply", "apply"},
    Route{Method::post, "/proposals/*/verify", "verify"},
    Route{Method::post, "/proposals/*/confirm", "confirm"},
    Route{Method::post, "/proposals/*/cancel", "cancel"},
    Route{Method::get, "/generations", "generations"},
    Route{Method::get, "/trust", "trust.show"},
    Route{Method::get, "/audit", "audit.tail"},
    Route{Method::get, "/audit/verify", "audit.verify"},
    Route{Method::post, "/observe", "observe"},
    Route{Method::post, "/freeze", "freeze"},
};

/// The parameters taken from the path, or nullopt when it does not match.
std::optional<Json> match(std::string_view pattern, std::string_view path) {
    const auto want = core::split(pattern, '/');
    const auto have = core::split(path, '/');
    if (want.size() != have.size()) {
        return std::nullopt;
    }
    Json params = Json::object();
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (want[i] == "*") {
            params["proposal"] = std::string(have[i]);
        } else if (want[i] == "+") {
            params["level"] = std::string(have[i]);
        } else if (want[i] != have[i]) {
            return std::nullopt;
        }
    }
    return params;
}

/// Adds the query of a GET or the JSON body of a POST; a body may not repeat what the path says.
std::optional<core::Problem> add_inputs(const Request& request, Json& params) {
    if (request.method == Method::get) {
        for (const auto& [key, value] : request.query) {
            if (params.contains(key)) {
                return core::Problem{.code = "bad_query",
                                     .message = "`" + key + "` is in the path"};
            }
            if (const auto number = core::parse_integer(value)) {
                params[key] = key == "all" ? Json(*number != 0) : Json(*number);
            } else {
                params[key] = value;
            }
        }
        return std::nullopt;
    }
    const auto body = core::parse_json(request.body.empty() ? "{}" : request.body);
    if (!body) {
        return body.problem();
    }
    if (!body->is_object()) {
        return core::Problem{.code = "bad_json", .message = "the body has to be an object"};
    }
    for (const auto& [key, value] : body->items()) {
        if (params.contains(key)) {
            return core::Problem{.code = "bad_json", .message = "`" + key + "` is in the path"};
        }
        params[key] = value;
    }
    return std::nullopt;
}

/// Whether an `Accept-Encoding` or `If-None-Match` list has this member; `br;q=0` is a no.
bool lists(std::string_view header, std::string_view wanted) {
    for (const auto part : core::split(header, ',')) {
        const auto pieces = core::split(part, ';');
        const bool refused = pieces.size() > 1 && core::trim(pieces[1]) == "q=0";
        if (core::trim(pieces[0]) == wanted && !refused) {
            return true;
        }
    }
    return false;
}

Response asset_response(const Request& request, const Asset& asset) {
    const bool brotli = !asset.brotli.empty() && lists(request.header("accept-encoding"), "br");
    const std::string etag = "\"" + std::string(asset.sha256) + (brotli ? "-br\"" : "\"");
    Response response{.headers = {{"ETag", etag}, {"Vary", "Accept-Encoding"}}};
    response.headers.emplace_back(
        "Cache-Control", asset.immutable() ? "public, max-age=31536000, immutable" : "no-cache");
    if (lists(request.header("if-none-match"), etag)) {
        response.status = 304;
        return response;
    }
    response.headers.emplace_back("Content-Type", std::string(asset.media_type()));
    if (brotli) {
        response.headers.emplace_back("Content-Encoding", "br");
    }
    response.body = std::string(brotli ? asset.brotli : asset.bytes);
    return response;
}

Response page_response(const Request& request) {
    if (const auto asset = find_asset(request.path)) {
        return asset_response(request, *asset);
    }
    // Views of the page have paths of their own; everything else that is not there is not there.
    const bool view = request.path == "/" || request.path == "/audit" ||
                      request.path == "/machine" || request.path == "/pair" ||
                      request.path.starts_with("/proposals");
    if (const auto index = view ? find_asset("/index.html") : std::nullopt) {
        return asset_response(request, *index);
    }
    return error_response(404, "not_found", "there is nothing at this address");
}

bool is_stream(const Request& request) {
    return request.path == "/api/v1/events" && request.method == Method::get;
}

/// A browser's event stream takes no header of the page's: its proof stands in the query.
Request with_proof(Request request) {
    if (const auto proof = request.query.find("session"); proof != request.query.end()) {
        request.headers.emplace("x-agentd-session", proof->second);
    }
    return request;
}

Response stream_response(const Request& request, const std::shared_ptr<Entrance>& entrance,
                         const Session& session) {
    const auto header = request.header("last-event-id");
    const auto since = request.query.find("since");
    const auto after = core::parse_integer(
        !header.empty() || since == request.query.end() ? header : since->second);
    return {.events_after =
                after && *after > 0 ? static_cast<std::uint64_t>(*after) : std::uint64_t{0},
            .events_while = [entrance, session] { return entrance->is_alive(session); }};
}

/// Finds the route, puts its parameters together and calls.
void call_route(const Request& request, std::string_view path, const Session& session,
                ControlPlane& plane, const Router::Respond& respond) {
    for (const Route& route : routes) {
        auto params = route.method == request.method ? match(route.pattern, path) : std::nullopt;
        if (!params) {
            continue;
        }
        if (const auto problem = add_inputs(request, *params)) {
            return respond(error_response(400, problem->code, problem->message, problem->hint));
        }
        const bool goal = route.call == "propose" && params->contains("goal");
        const Caller caller{.channel = Caller::Channel::browser,
                            .key_id = session.key_id,
                            .name = session.name,
                            .paired = true,
                            .connected = request.connected};
        return plane.call(caller, std::string(goal ? "run" : route.call), std::move(*params), {},
                          [respond](const Answer& answer) { respond(to_response(answer)); });
    }
    respond(error_response(404, "not_found", "the API has no such address"));
}

} // namespace

Router::Router(RouterOptions options, ControlPlane& control_plane, const core::Clock& clock)
    : options_(std::move(options)), control_plane_(control_plane),
      entrance_(std::make_shared<Entrance>(options_.entrance, control_plane, clock)) {}

void Router::handle(const Request& request, Respond respond) {
    const Respond finish = [respond = std::move(respond)](Response response) {
        add_security_headers(response);
        respond(std::move(response));
    };
    if (request.path == "/healthz" && request.method == Method::get) {
        return finish({.headers = {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
                       .body = "ok\n"});
    }
    if (auto refused = options_.guard.refuse(request)) {
        return finish(std::move(*refused));
    }
    if (request.path.starts_with("/api/v1/")) {
        return api(request, finish);
    }
    if (request.method != Method::get) {
        return finish(error_response(405, "bad_method", "the page is only read"));
    }
    finish(page_response(request));
}

bool Router::has_session(const Request& request) const {
    return entrance_->has_session(is_stream(request) ? with_proof(request) : request);
}

void Router::events(const Request& request, const Respond& respond) {
    entrance_->admit(with_proof(request), respond,
                     [request, respond, entrance = entrance_](const Session& session) {
                         respond(stream_response(request, entrance, session));
                     });
}

void Router::api(const Request& request, const Respond& respond) {
    const std::string path = request.path.substr(7);
    if (path == "/session" && request.method == Method::get) {
        return respond(entrance_->state(request));
    }
    if (path == "/pair" && request.method == Method::post) {
        return entrance_->pair(request, respond);
    }
    if (path == "/login" && request.method == Method::post) {
        return entrance_->login(request, respond);
    }
    if (is_stream(request)) {
        return events(request, respond);
    }
    // What runs after a look at the session may run when this router has gone: values only.
    entrance_->admit(request, respond,
                     [request, path, respond, &plane = control_plane_](const Session& session) {
                         call_route(request, path, session, plane, respond);
                     });
}

} // namespace agentd::web
