#include "web/entrance.hpp"

#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace agentd::web {

using core::Json;

namespace {

int status_of(std::string_view code) noexcept {
    struct Row {
        std::string_view code;
        int status;
    };
    constexpr std::array table{
        Row{"not_found", 404},     Row{"denied", 403},         Row{"presence", 403},
        Row{"unknown_key", 403},   Row{"bad_signature", 403},  Row{"wrong_digest", 403},
        Row{"break_glass", 403},   Row{"bad_token", 403},      Row{"used", 403},
        Row{"stale", 409},         Row{"stale_base", 409},     Row{"busy", 409},
        Row{"pending", 409},       Row{"expired", 409},        Row{"mismatch", 409},
        Row{"from_mismatch", 409}, Row{"policy_changed", 409}, Row{"unavailable", 503},
        Row{"failed", 500},        Row{"not_waiting", 409},    Row{"other_proposal", 409},
        Row{"too_late", 409},      Row{"old_connection", 409}, Row{"wrong_nonce", 403},
        Row{"bad_namespace", 403}, Row{"bad_assertion", 403},  Row{"wrong_challenge", 403},
        Row{"wrong_origin", 403},  Row{"wrong_site", 403},     Row{"not_verified", 403},
        Row{"cloned_key", 403}};
    for (const Row& row : table) {
        if (row.code == code) {
            return row.status;
        }
    }
    return 400;
}

Response not_paired() {
    return error_response(403, "not_paired", "this browser is not paired",
                          "run `agentctl web login` on the machine and open its link");
}

core::Result<Json> body_of(const Request& request) {
    return core::parse_json(request.body.empty() ? "{}" : request.body);
}

Response bad_request(const core::Problem& problem) {
    return error_response(400, problem.code, problem.message, problem.hint);
}

} // namespace

Response to_response(const Answer& answer) {
    if (answer.ok) {
        return json_response(200, answer.body);
    }
    auto error = core::parse_json(answer.body);
    if (!error || !error->is_object()) {
        return error_response(500, "failed", "the daemon's answer cannot be read");
    }
    error->erase("exit"); // of the command line only
    auto response = json_response(status_of(answer.code), core::canonical({{"error", *error}}));
    response.close = answer.code == "old_connection";
    return response;
}

Entrance::Entrance(EntranceOptions options, ControlPlane& control_plane, const core::Clock& clock)
    : options_(std::move(options)), control_plane_(control_plane), sessions_(clock),
      logins_(clock) {}

Response Entrance::state(const Request& request) {
    const auto session = sessions_.find(request);
    Json body{{"paired", session.has_value()},     {"key_id", nullptr},     {"name", nullptr},
              {"separation", options_.separation}, {"host", options_.host}, {"challenge", nullptr}};
    if (session) {
        body["key_id"] = session->key_id;
        body["name"] = session->name;
    } else {
        body["challenge"] = logins_.challenge();
    }
    return json_response(200, core::canonical(body));
}

/// The session of the key that the control plane named.
void Entrance::open(const Answer& answer, const std::string& identity, Response& response) {
    const auto body = core::parse_json(answer.body);
    const auto key = body ? body->find("key_id") : Json::const_iterator();
    if (!body || key == body->end() || !key->is_string()) {
        response = error_response(500, "failed", "the daemon's answer cannot be read");
        return;
    }
    const auto name = body->find("name");
    const Opened opened =
        sessions_.open(key->get<std::string>(),
                       name != body->end() && name->is_string() ? name->get<std::string>()
                                                                : std::string("browser"),
                       identity);
    response.headers.emplace_back("Set-Cookie", opened.set_cookie);
    Json told = *body;
    told["session"] = opened.proof;
    response.body = core::canonical(told);
}

void Entrance::pair(const Request& request, const Respond& respond) {
    auto params = body_of(request);
    if (!params) {
        return respond(bad_request(params.problem()));
    }
    control_plane_.call(
        Caller{.channel = Caller::Channel::browser}, "pair.enrol", std::move(*params), {},
        [self = shared_from_this(), identity = request.identity, respond](const Answer& answer) {
            Response response = to_response(answer);
            if (answer.ok) {
                self->open(answer, identity, response);
            }
            respond(std::move(response));
        });
}

void Entrance::login(const Request& request, const Respond& respond) {
    auto params = body_of(request);
    if (!params) {
        return respond(bad_request(params.problem()));
    }
    core::ObjectReader reader(*params, "login");
    const std::string challenge = reader.text("challenge", 256);
    reader.optional_text("key_id", 128);
    reader.optional_text("credential", 2048);
    reader.text("signature", 4096);
    if (const auto done = reader.finish(); !done) {
        return respond(bad_request(done.problem()));
    }
    if (!logins_.is_good(challenge)) {
        return respond(error_response(403, "bad_challenge",
                                      "the challenge was used already or is too old",
                                      "ask for /api/v1/session again"));
    }
    control_plane_.call(
        Caller{.channel = Caller::Channel::browser}, "session.login", std::move(*params), {},
        [self = shared_from_this(), challenge, identity = request.identity,
         respond](const Answer& answer) { self->logged_in(challenge, identity, answer, respond); });
}

void Entrance::logged_in(const std::string& challenge, const std::string& identity,
                         const Answer& answer, const Respond& respond) {
    Response response = to_response(answer);
    if (!answer.ok) {
        return respond(std::move(response));
    }
    if (!logins_.spend(challenge)) {
        response = error_response(403, "bad_challenge", "the challenge was used already");
    } else {
        open(answer, identity, response);
    }
    respond(std::move(response));
}

void Entrance::look_up(const std::string& key_id, std::function<void(const Answer&)> then) {
    control_plane_.call(
        Caller{.channel = Caller::Channel::browser}, "session.check", {{"key_id", key_id}}, {},
        [self = shared_from_this(), key_id, then = std::move(then)](const Answer& answer) {
            if (answer.ok) {
                self->sessions_.confirm(key_id);
            } else if (answer.code == "unknown_key") {
                self->sessions_.close_all(key_id);
            } else {
                self->sessions_.doubt(key_id);
            }
            then(answer);
        });
}

bool Entrance::is_alive(const Session& session) {
    if (!sessions_.is_alive(session)) {
        return false;
    }
    if (sessions_.is_due(session)) {
        look_up(session.key_id, [](const Answer&) {});
    }
    return true;
}

void Entrance::admit(const Request& request, const Respond& respond, Admitted admitted) {
    const auto session = sessions_.find(request);
    if (!session) {
        return respond(not_paired());
    }
    if (!sessions_.is_due(*session)) {
        return admitted(*session);
    }
    look_up(session->key_id,
            [session = *session, respond, admitted = std::move(admitted)](const Answer& answer) {
                if (answer.ok) {
                    return admitted(session);
                }
                respond(answer.code == "unknown_key" ? not_paired() : to_response(answer));
            });
}

} // namespace agentd::web
