// What may be acted on is a type that only its maker can construct. Compiled once as it is, which has to
// work, and once for each attempt, which has to be refused by the compiler.
#include "agentd/applyd/activation.hpp"
#include "agentd/stages/apply.hpp"

#include <tuple>

using namespace agentd;

/// What is meant to be possible.
void meant(const applyd::VerifiedStatement& verified, const stages::Approved& approved,
           const applyd::Tools& tools, const std::string& socket) {
    static_cast<void>(applyd::activate(verified, tools, {}));
    static_cast<void>(stages::apply(socket, approved, {}, {}));
}

void attempt(const proposals::Statement& statement, const proposals::Presence& presence,
             const stages::Decided& decided, const core::StorePath& path,
             const proposals::Effects& effects, const applyd::Tools& tools,
             const std::string& text) {
#if ATTEMPT == 1
    static_cast<void>(applyd::activate(statement, tools, {}));
#elif ATTEMPT == 2
    static_cast<void>(applyd::activate({statement, text, path, path, effects, text}, tools, {}));
#elif ATTEMPT == 3
    const applyd::VerifiedStatement forged(statement, text, path, path, effects, text);
#elif ATTEMPT == 4
    static_cast<void>(stages::apply(text, statement, {}, {}));
#elif ATTEMPT == 5
    static_cast<void>(stages::apply(text, decided, {}, {}));
#elif ATTEMPT == 6
    const stages::Approved forged(statement, text, presence, text);
#elif ATTEMPT == 7
    static_cast<void>(stages::apply(text, {statement, text, presence, text}, {}, {}));
#endif
    static_cast<void>(std::tie(statement, presence, decided, path, effects, tools, text));
}
