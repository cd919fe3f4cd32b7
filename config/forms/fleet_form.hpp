// The tables of everything that can stand in a fleet file. See settings_form.hpp.
#pragma once

#include "config/forms/form.hpp"
#include "config/values/fleet.hpp"

namespace config {

const Fields<FirstTokenBehaviour>& first_token_fields();
const Fields<SpeedBehaviour>& speed_fields();
const Fields<BatchBehaviour>& batch_fields();
const Fields<PromptCacheBehaviour>& prompt_cache_fields();
const Fields<RateLimitBehaviour>& rate_limit_fields();
const Fields<BusyHours>& busy_hours_fields();
const Fields<BusyEpisodes>& busy_episodes_fields();
const Fields<Outages>& outage_fields();
const Fields<Drift>& drift_fields();
const Fields<Mishaps>& mishap_fields();
const Fields<SimulatedHost>& simulated_host_fields();
const Fields<SimulatedModel>& simulated_model_fields();
const Fields<Fleet>& fleet_fields();

}  // namespace config
