/// @file
/// One function a command; each is in a file of its own name and listed in the table.
#pragma once

namespace agentd::ctl {

class Context;

namespace commands {

int home(Context& context);
int status(Context& context);
int doctor(Context& context);
int observe(Context& context);
int run(Context& context);
int propose(Context& context);
int verify(Context& context);
int list(Context& context);
int show(Context& context);
int diff(Context& context);
int explain(Context& context);
int effects(Context& context);
int test(Context& context);
int approve(Context& context);
int reject(Context& context);
int withdraw(Context& context);
int apply(Context& context);
int confirm(Context& context);
int cancel(Context& context);
int freeze(Context& context);
int unfreeze(Context& context);
int quarantine(Context& context);
int pull(Context& context);
int rollback(Context& context);
int restart(Context& context);
int reset_failed(Context& context);
int store_gc(Context& context);
int journal_vacuum(Context& context);
int options_search(Context& context);
int options_show(Context& context);
int packages_search(Context& context);
int audit_verify(Context& context);
int audit_tail(Context& context);
int policy_explain(Context& context);
int policy_check(Context& context);
int policy_diff(Context& context);
int policy_facts(Context& context);
int policy_try(Context& context);
int trust_show(Context& context);
int trust_explain(Context& context);
int trust_grant(Context& context);
int trust_revoke(Context& context);
int state_rebuild(Context& context);
int web_login(Context& context);
int config_check(Context& context);
int completion(Context& context);
int version(Context& context);

} // namespace commands

} // namespace agentd::ctl
